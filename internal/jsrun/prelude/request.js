// https://fetch.spec.whatwg.org/#request-class
const requestEnums = {
  referrerPolicy: ["", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
    "strict-origin-when-cross-origin", "unsafe-url"],
  mode: ["same-origin", "no-cors", "cors", "navigate"],
  credentials: ["omit", "same-origin", "include"],
  cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
  redirect: ["follow", "error", "manual"],
  targetAddressSpace: ["public", "local", "loopback", "private", "unknown"],
};
// empty is true of a dictionary without members, and plain if it has none but headers and method.
const noInit = Object.freeze({ __proto__: null, empty: true, plain: true });
// The members are read and converted in the order of their names, as dictionaries are; one by one, because a loop costs each fetch
// more than the rest of it.
function toRequestInit(init) {
  if (init === undefined || init === null) return noInit;
  const d = typeof init === "object" ? init : toDictionary(init, "RequestInit"), { streams } = place;
  const out = { __proto__: null, empty: true, plain: true, headers: undefined, method: undefined };
  let v = d.body;
  if (v !== undefined) out.body = streams === "text" && v instanceof ReadableStream ? toUSVString(v) : v, out.empty = out.plain = false;
  if ((v = d.cache) !== undefined) out.cache = toEnum(v, requestEnums.cache, "cache"), out.empty = out.plain = false;
  if ((v = d.credentials) !== undefined) out.credentials = toEnum(v, requestEnums.credentials, "credentials"), out.empty = out.plain = false;
  if (streams === "" && (v = d.duplex) !== undefined) out.duplex = toEnum(v, ["half"], "RequestDuplex"), out.empty = out.plain = false;
  if ((v = d.headers) !== undefined) out.headers = v, out.empty = false;
  if ((v = d.integrity) !== undefined) out.integrity = toDOMString(v), out.empty = out.plain = false;
  if ((v = d.keepalive) !== undefined) out.keepalive = !!v, out.empty = out.plain = false;
  if ((v = d.method) !== undefined) out.method = toByteString(v), out.empty = false;
  if ((v = d.mode) !== undefined) out.mode = toEnum(v, requestEnums.mode, "mode"), out.empty = out.plain = false;
  if ((v = d.priority) !== undefined) out.priority = toEnum(v, ["high", "low", "auto"], "RequestPriority"), out.empty = out.plain = false;
  if ((v = d.redirect) !== undefined) out.redirect = toEnum(v, requestEnums.redirect, "redirect"), out.empty = out.plain = false;
  if ((v = d.referrer) !== undefined) out.referrer = toUSVString(v), out.empty = out.plain = false;
  if ((v = d.referrerPolicy) !== undefined) out.referrerPolicy = toEnum(v, requestEnums.referrerPolicy, "referrerPolicy"), out.empty = out.plain = false;
  if ((v = d.signal) !== undefined) {
    if (v !== null && !(v instanceof AbortSignal)) throw new TypeError("The member signal is not of type AbortSignal");
    out.signal = v, out.empty = out.plain = false;
  }
  if (place.targetSpace && (v = d.targetAddressSpace) !== undefined) out.targetAddressSpace = toEnum(v, requestEnums.targetAddressSpace, "IPAddressSpace"), out.empty = out.plain = false;
  if ((v = d.window) !== undefined) out.window = v, out.empty = out.plain = false;
  return out;
}
// A Headers object is a sequence like others: what it iterates over, in the order of its names and one pair for each. Chromium 156 and
// Firefox 153 ESR too count two Accept of 100 bytes in one as a single value that is too long, and in an array one by one (2026-11-22).
function convertHeadersInit(init, convert = toByteString) {
  if (init === undefined) return init;
  if (!isObject(init)) throw new TypeError("The provided value of headers is not an object");
  return toHeadersInit(init, convert);
}
// The signal of a request is made when somebody asks for it: most requests are never aborted.
function requestSignal(s) {
  return s.signal ??= dependentSignal(s.follows ? [s.follows] : []);
}
function requestAbortable(s) {
  return s.signal ?? s.follows;
}
const noHeaders = Object.freeze([]);
const requestDefaults = { __proto__: null, url: "", entry: null, signal: null, follows: null, method: "GET", mode: null, credentials: "same-origin", cache: "default", redirect: "follow",
  referrer: "about:client", referrerPolicy: "", integrity: "", keepalive: false, targetSpace: "", bodyType: "", lines: undefined, body: null };
let requestState;
// What the Request constructor makes, and fetch without one, unseen: nobody would see the object, so that headers stay text where they
// can, as s.lines. Go checks and drops what is left to check and drop.
function newRequestState(input, init) {
  const url = requestState(input) ? null : toUSVString(input), d = toRequestInit(init);
  return requestStateOf(input, url, d, convertHeadersInit(d.headers), false);
}
// given are the headers as convertHeadersInit returns them, with toDOMString if unseen.
function requestStateOf(input, url, d, given, unseen) {
  const from = requestState(input);
  let signal = from ? requestAbortable(from) : null, fallbackMode = null, s;
  // DEVIATION(chromium): fetch() of a Request object forgets the address space that the object was made with. Measured in Chromium 156,
  // 2026-11-22; https://wicg.github.io/local-network-access/#fetch-api-integration.
  if (from) s = { ...from, targetSpace: "", body: null, signal: null };
  else {
    const href = op("urlHref", url, place.url);
    if (href === null) throw new TypeError(urlFault("Failed to parse URL from ", url));
    if (href.includes("@") && /^[^:]*:\/\/[^/?#]*@/.test(href)) throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${url}`);
    // A state that nobody sees takes its defaults from a prototype: to define each of them would cost more than all else here.
    s = unseen ? { __proto__: requestDefaults } : { ...requestDefaults };
    s.url = href;
    // Of a fetch of a text Go looks it up now.
    if (!unseen) s.entry = blobURLEntry(href);
    fallbackMode = "cors";
  }
  if ("window" in d && d.window !== null) throw new TypeError("RequestInit's window is not null");
  const hasInit = !d.empty;
  if (hasInit) {
    if (s.mode === "navigate") s.mode = "same-origin";
    if (from) Object.assign(s, { referrer: "about:client", referrerPolicy: "" });
  }
  if (d.referrer !== undefined) {
    if (d.referrer === "") s.referrer = "no-referrer";
    else {
      const u = parseURL(d.referrer, place.url);
      if (!u) throw new TypeError(`Referrer '${d.referrer}' is not a valid URL.`);
      s.referrer = u.protocol === "about:" && u.pathname === "client" || u.origin !== place.origin ? "about:client" : u.href;
    }
  }
  if (d.referrerPolicy !== undefined) s.referrerPolicy = d.referrerPolicy;
  const mode = d.mode ?? fallbackMode;
  if (mode === "navigate") throw new TypeError("Cannot construct a Request with a RequestInit whose mode is navigate");
  if (mode !== null && mode !== undefined) s.mode = mode;
  if (d.credentials !== undefined) s.credentials = d.credentials;
  if (d.cache !== undefined) s.cache = d.cache;
  if (s.cache === "only-if-cached" && s.mode !== "same-origin") throw new TypeError("'only-if-cached' can be set only with 'same-origin' mode");
  if (d.redirect !== undefined) s.redirect = d.redirect;
  // Chromium reads an older name of the local network, and a word for no space at all.
  const space = d.targetAddressSpace;
  if (space !== undefined) s.targetSpace = space === "private" ? "local" : space === "unknown" ? "" : space;
  if (d.integrity !== undefined) s.integrity = d.integrity;
  if (d.keepalive !== undefined) s.keepalive = d.keepalive;
  if (d.method !== undefined) {
    const m = op("method", d.method);
    if (m === null) throw new TypeError(`'${d.method}' is not a valid HTTP method.`);
    if (m === "") throw new TypeError(`'${d.method}' HTTP method is unsupported.`);
    s.method = m;
  }
  if (d.signal !== undefined) signal = d.signal;
  s.follows = signal;
  if (s.mode === "no-cors" && !["GET", "HEAD", "POST"].includes(s.method)) throw new TypeError(`'${s.method}' is unsupported in no-cors mode.`);
  if (unseen) {
    if (!from && !isBody(d.body) && s.mode !== "no-cors" && (s.lines = linesOf(given)) !== undefined) return s;
    if (given) given = given.map((p) => p.map(toByteString));
  }
  const old = from ? headerList(from.headers) : noHeaders;
  s.headers = headersFrom([], s.mode === "no-cors" ? "request-no-cors" : "request");
  if (hasInit) appendHeaders(s.headers, given === undefined ? old : given);
  else for (const h of old) headerList(s.headers).push([...h]);
  const inputBody = from ? from.body : null;
  if ((isBody(d.body) || inputBody) && ["GET", "HEAD"].includes(s.method)) throw new TypeError("Request with GET/HEAD method cannot have body.");
  if (isBody(d.body)) {
    const { body, type } = extractBody(d.body, s.keepalive);
    s.body = body;
    s.bodyType = "";
    if (type !== null && !s.headers.has("Content-Type")) {
      s.headers.append("Content-Type", type);
      // What the guard of mode no-cors refuses goes along as the body's own, for browsers that send it nevertheless.
      if (!s.headers.has("Content-Type")) s.bodyType = type;
    }
    if (body.bytes === null) {
      if (place.streams === "" && d.duplex === undefined) throw new TypeError("RequestInit's duplex member must be set to 'half' for a stream body");
      if (!["same-origin", "cors"].includes(s.mode)) throw new TypeError("A stream body needs mode same-origin or cors");
    }
  } else if (inputBody) {
    if (bodyUnusable(inputBody)) throw new TypeError("Cannot construct a Request with a Request object that has already been used.");
    s.body = { ...inputBody };
    if (inputBody.stream) {
      // The new stream takes over all of the old one, which stays behind read and locked.
      const source = inputBody.stream.getReader();
      streamOf(inputBody.stream).disturbed = true;
      s.body.stream = new ReadableStream({ async pull(c) {
        const { value, done } = await source.read();
        if (done) c.close();
        else c.enqueue(value);
      }, cancel: (r) => source.cancel(r) }, { highWaterMark: 0 });
    }
    inputBody.used = true;
  }
  return s;
}
class Request {
  #s;
  static {
    requestState = (r) => isObject(r) && #s in r ? r.#s : null;
    mixinBody(this, requestState);
  }
  constructor(input, init = undefined) {
    required(arguments, 1, "the Request constructor");
    this.#s = newRequestState(input, init);
  }
  get method() { return this.#s.method; }
  get url() { return this.#s.url; }
  get headers() { return this.#s.headers; }
  get destination() { return this.#s && ""; }
  get referrer() { return this.#s.referrer === "no-referrer" ? "" : this.#s.referrer; }
  get referrerPolicy() { return this.#s.referrerPolicy; }
  get mode() { return this.#s.mode; }
  get credentials() { return this.#s.credentials; }
  get cache() { return this.#s.cache; }
  get redirect() { return this.#s.redirect; }
  get integrity() { return this.#s.integrity; }
  get keepalive() { return this.#s.keepalive; }
  get isReloadNavigation() { return this.#s && false; }
  get isHistoryNavigation() { return this.#s && false; }
  get signal() { return requestSignal(this.#s); }
  get duplex() { return this.#s && "half"; }
  clone() {
    if (bodyUnusable(this.#s.body)) throw new TypeError("Request body is already used");
    const copy = new Request("about:blank");
    copy.#s = { ...this.#s, headers: headersFrom(headerList(this.#s.headers).map((h) => [...h]), headersGuard(this.#s.headers)),
      signal: null, follows: requestAbortable(this.#s), body: cloneBody(this.#s.body) };
    return copy;
  }
}
finish(Request, "Request");
// What browsers without request streams do not have.
if (place.streams !== "") delete Request.prototype.duplex;
if (place.streams === "text") delete Request.prototype.body;
showGetters(Request, "method", "url", "headers", "mode", "credentials");
