// https://fetch.spec.whatwg.org/#headers-class. The list is an array of [name, value] in the order and case given.
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
function normalizeValue(v) {
  if (v.charCodeAt(0) > 0x20 && v.charCodeAt(v.length - 1) > 0x20) return v;
  return v.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}
// What Go says of a name is asked once, unless it depends on the value.
const refusals = new Map();
function isRefused(guard, name, value) {
  const key = `${guard} ${name}`;
  let refused = refusals.get(key);
  if (refused === undefined) {
    refused = op("headerRefused", guard, name);
    if (refusals.size < 1000) refusals.set(key, refused);
  }
  return refused ?? op("headerRefused", guard, name, value);
}
// appendHeader takes what is converted already.
let headerList, headersFrom, headersGuard, appendHeader;
class Headers {
  #list = [];
  #guard = "none";
  #sorted = null;
  static {
    headerList = (h) => h.#list;
    headersGuard = (h) => h.#guard;
    headersFrom = (list, guard) => {
      const h = new Headers();
      h.#list = list;
      h.#guard = guard;
      return h;
    };
    appendHeader = (h, name, value) => h.#append(name, value);
  }
  constructor(init = undefined) {
    if (init !== undefined) fillHeaders(this, init);
  }
  // True if the guard lets the header pass.
  #validate(name, value) {
    if (!token.test(name)) throw new TypeError(`Invalid header name: ${quoteString(name)}`);
    if (/[\0\n\r]/.test(value)) throw new TypeError(`Invalid value of the header ${name}`);
    if (this.#guard === "immutable") throw new TypeError("Headers are immutable");
    return this.#guard === "none" || !isRefused(this.#guard, name, value);
  }
  #removePrivileged() {
    if (this.#guard === "request-no-cors") this.#list = this.#list.filter(([n]) => n.toLowerCase() !== "range");
    this.#sorted = null;
  }
  #get(name) {
    const values = this.#list.filter((h) => h[0].toLowerCase() === name.toLowerCase()).map((h) => h[1]);
    return values.length ? values.join(", ") : null;
  }
  append(name, value) {
    required(arguments, 2, "'append' on 'Headers'");
    const n = toByteString(name);
    this.#append(n, toByteString(value));
  }
  #append(n, value) {
    const v = normalizeValue(value);
    if (!this.#validate(n, v)) return;
    if (this.#guard === "request-no-cors") {
      const old = this.#get(n);
      if (op("noCORSSafelisted", n, old === null ? v : `${old}, ${v}`) !== "safelisted") return;
    }
    const list = this.#list, lower = n.toLowerCase();
    let name = n;
    for (let i = 0; i < list.length; i++) {
      if (list[i][0].toLowerCase() === lower) {
        name = list[i][0];
        break;
      }
    }
    list.push([name, v]);
    this.#removePrivileged();
  }
  delete(name) {
    required(arguments, 1, "'delete' on 'Headers'");
    const n = toByteString(name);
    if (!this.#validate(n, "")) return;
    if (this.#guard === "request-no-cors" && op("noCORSSafelisted", n, "") === "") return;
    if (!this.has(n)) return;
    this.#list = this.#list.filter((h) => h[0].toLowerCase() !== n.toLowerCase());
    this.#removePrivileged();
  }
  get(name) {
    required(arguments, 1, "'get' on 'Headers'");
    const n = toByteString(name);
    if (!token.test(n)) throw new TypeError(`Invalid header name: ${quoteString(n)}`);
    return this.#get(n);
  }
  getSetCookie() { return this.#list.filter((h) => h[0].toLowerCase() === "set-cookie").map((h) => h[1]); }
  has(name) {
    required(arguments, 1, "'has' on 'Headers'");
    const n = toByteString(name);
    if (!token.test(n)) throw new TypeError(`Invalid header name: ${quoteString(n)}`);
    return this.#get(n) !== null;
  }
  set(name, value) {
    required(arguments, 2, "'set' on 'Headers'");
    const n = toByteString(name), v = normalizeValue(toByteString(value));
    if (!this.#validate(n, v)) return;
    if (this.#guard === "request-no-cors" && op("noCORSSafelisted", n, v) !== "safelisted") return;
    const at = this.#list.findIndex((h) => h[0].toLowerCase() === n.toLowerCase());
    if (at < 0) this.#list.push([n, v]);
    else {
      this.#list[at] = [this.#list[at][0], v];
      this.#list = this.#list.filter((h, i) => i <= at || h[0].toLowerCase() !== n.toLowerCase());
    }
    this.#removePrivileged();
  }
  // https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
  #combined() {
    if (this.#sorted) return this.#sorted;
    const out = [];
    for (const name of [...new Set(this.#list.map((h) => h[0].toLowerCase()))].sort()) {
      if (name === "set-cookie") out.push(...this.getSetCookie().map((v) => [name, v]));
      else out.push([name, this.#get(name)]);
    }
    return this.#sorted = out;
  }
  static {
    pairIterable(this, "Headers", (h) => h.#combined());
  }
}
finish(Headers, "Headers");
// https://webidl.spec.whatwg.org/#js-record, with keys that the conversion leaves as they are
function toHeadersInit(init, convert = toByteString) {
  const asText = convert === toDOMString, method = iterableMethod(init);
  if (method) return toSequence(init, method, (p) => toPair(p, convert));
  const keys = Reflect.ownKeys(init), list = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (!isEnumerable(init, key)) continue;
    // A call costs more than all else here, and most keys and values are strings.
    const name = asText && typeof key === "string" ? key : convert(key), v = init[key];
    list[list.length] = [name, asText && typeof v === "string" ? v : convert(v)];
  }
  return list;
}
// Headers that need no second look, each with a line's end before it; undefined if one does.
const plainLines = /^(?:\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\0\n\r\u0100-\uffff]*)*$/;
function linesOf(given) {
  if (given === undefined) return "";
  let lines = "";
  for (let i = 0; i < given.length; i++) {
    const p = given[i];
    if (p.length !== 2 || p[0].includes(":") || p[0].includes("\n") || p[1].includes("\n")) return undefined;
    lines += `\n${p[0]}:${p[1]}`;
  }
  return plainLines.test(lines) ? lines : undefined;
}
// Adds what convertHeadersInit returned.
function appendHeaders(headers, given) {
  if (!given.every((p) => p.length === 2)) throw new TypeError("Each header must be a [name, value] pair");
  for (let i = 0; i < given.length; i++) appendHeader(headers, given[i][0], given[i][1]);
}
function fillHeaders(headers, init) {
  if (!isObject(init)) throw new TypeError("The provided value is not of type '(record<ByteString, ByteString> or sequence<sequence<ByteString>>)'");
  const list = toHeadersInit(init);
  for (let i = 0; i < list.length; i++) {
    const pair = list[i];
    if (pair.length !== 2) throw new TypeError("Each header must be a [name, value] pair");
    appendHeader(headers, pair[0], pair[1]);
  }
}
