// https://url.spec.whatwg.org/#interface-urlsearchparams
const formKept = /[A-Za-z0-9*\-._]/;
function formEncode(s) {
  if (/^[A-Za-z0-9*\-._]*$/.test(s)) return s;
  let out = "";
  for (const b of utf8Encode(s)) {
    const c = String.fromCharCode(b);
    out += b === 0x20 ? "+" : formKept.test(c) ? c : "%" + b.toString(16).toUpperCase().padStart(2, "0");
  }
  return out;
}
function percentDecode(s) {
  if (!s.includes("%")) return s;
  const from = utf8Encode(s), to = new Uint8Array(from.length);
  let n = 0;
  for (let i = 0; i < from.length; i++) {
    const hex = from[i] === 0x25 ? String.fromCharCode(from[i + 1] ?? 0, from[i + 2] ?? 0) : "";
    if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
      to[n++] = Number.parseInt(hex, 16);
      i += 2;
    } else to[n++] = from[i];
  }
  return op("decode", "utf-8", toBase64(to.subarray(0, n)), false);
}
function parseForm(s) {
  const list = [];
  for (const part of s.split("&")) {
    if (!part) continue;
    const i = part.indexOf("=");
    const [name, value] = i < 0 ? [part, ""] : [part.slice(0, i), part.slice(i + 1)];
    list.push([percentDecode(name.replaceAll("+", " ")), percentDecode(value.replaceAll("+", " "))]);
  }
  return list;
}
function serializeForm(list) {
  return list.map(([n, v]) => formEncode(n) + "=" + formEncode(v)).join("&");
}
let linkParams, relinkParams;
class URLSearchParams {
  #list = [];
  #changed = null;
  static {
    linkParams = (p, list, changed) => {
      p.#list = list;
      p.#changed = changed;
    };
    relinkParams = (p, list) => { p.#list = list; };
  }
  constructor(init = "") {
    if (isObject(init)) {
      const method = iterableMethod(init);
      if (method) {
        this.#list = toSequence(init, method, (p) => {
          const pair = toPair(p, toUSVString);
          if (pair.length !== 2) throw new TypeError("Each query pair must be an iterable [name, value] tuple");
          return pair;
        });
      } else this.#list = toRecord(init, toUSVString);
    } else {
      const s = toUSVString(init);
      this.#list = parseForm(s.startsWith("?") ? s.slice(1) : s);
    }
  }
  #update() { this.#changed?.(serializeForm(this.#list)); }
  get size() { return this.#list.length; }
  append(name, value) {
    required(arguments, 2, "'append' on 'URLSearchParams'");
    this.#list.push([toUSVString(name), toUSVString(value)]);
    this.#update();
  }
  delete(name, value = undefined) {
    required(arguments, 1, "'delete' on 'URLSearchParams'");
    const n = toUSVString(name), v = value === undefined ? undefined : toUSVString(value);
    this.#list = this.#list.filter((p) => p[0] !== n || v !== undefined && p[1] !== v);
    this.#update();
  }
  get(name) {
    required(arguments, 1, "'get' on 'URLSearchParams'");
    const n = toUSVString(name);
    return this.#list.find((p) => p[0] === n)?.[1] ?? null;
  }
  getAll(name) {
    required(arguments, 1, "'getAll' on 'URLSearchParams'");
    const n = toUSVString(name);
    return this.#list.filter((p) => p[0] === n).map((p) => p[1]);
  }
  has(name, value = undefined) {
    required(arguments, 1, "'has' on 'URLSearchParams'");
    const n = toUSVString(name), v = value === undefined ? undefined : toUSVString(value);
    return this.#list.some((p) => p[0] === n && (v === undefined || p[1] === v));
  }
  set(name, value) {
    required(arguments, 2, "'set' on 'URLSearchParams'");
    const n = toUSVString(name), v = toUSVString(value), at = this.#list.findIndex((p) => p[0] === n);
    if (at < 0) this.#list.push([n, v]);
    else {
      this.#list[at] = [n, v];
      this.#list = this.#list.filter((p, i) => i <= at || p[0] !== n);
    }
    this.#update();
  }
  sort() {
    this.#list.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
    this.#update();
  }
  toString() { return serializeForm(this.#list); }
  static {
    pairIterable(this, "URLSearchParams", (p) => p.#list);
  }
}
finish(URLSearchParams, "URLSearchParams");
