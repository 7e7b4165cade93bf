// https://fetch.spec.whatwg.org/#response-class
let responseState, makeResponse;
let made = null; // the state of the response that makeResponse makes
class Response {
  #s;
  static {
    responseState = (r) => typeof r === "object" && r !== null && #s in r ? r.#s : null;
    mixinBody(this, responseState);
    makeResponse = (s) => {
      made = s;
      return new Response();
    };
  }
  constructor(body = null, init = undefined) {
    if (made) {
      this.#s = made;
      made = null;
      return;
    }
    let given = body;
    if (isBody(given) && !(given instanceof Blob || isBufferSource(given) || given instanceof FormData || given instanceof URLSearchParams ||
      given instanceof ReadableStream)) given = toUSVString(given);
    this.#s = { type: "default", url: "", redirected: false, status: 200, statusText: "", headers: headersFrom([], "response"), body: null };
    initResponse(this.#s, init, isBody(given) ? extractBody(given) : null);
  }
  static error() {
    return makeResponse({ type: "error", url: "", redirected: false, status: 0, statusText: "", headers: headersFrom([], "immutable"), body: null });
  }
  static redirect(url, status = 302) {
    required(arguments, 1, "'redirect' on 'Response'");
    const text = toUSVString(url), u = parseURL(text, place.url), n = toUnsignedShort(status);
    if (!u) throw new TypeError(urlFault("Failed to parse URL from ", text));
    if (![301, 302, 303, 307, 308].includes(n)) throw new RangeError("Invalid status code");
    return makeResponse({ type: "default", url: "", redirected: false, status: n, statusText: "",
      headers: headersFrom([["Location", u.href]], "immutable"), body: null });
  }
  static json(data, init = undefined) {
    required(arguments, 1, "'json' on 'Response'");
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data is not JSON serializable");
    const r = new Response();
    initResponse(r.#s, init, { body: { bytes: utf8Encode(text.toWellFormed()), used: false }, type: "application/json" });
    return r;
  }
  get type() { return readAnswer(this.#s).type; }
  get url() { return readAnswer(this.#s).url; }
  get redirected() { return readAnswer(this.#s).redirected; }
  get status() { return readAnswer(this.#s).status; }
  get ok() {
    const { status } = readAnswer(this.#s);
    return status >= 200 && status <= 299;
  }
  get statusText() { return readAnswer(this.#s).statusText; }
  get headers() { return responseHeaders(this.#s); }
  clone() {
    if (bodyUnusable(this.#s.body)) throw new TypeError("Response body is already used");
    return makeResponse({ ...readAnswer(this.#s), headers: headersFrom(headerList(this.headers).map((h) => [...h]), headersGuard(this.headers)),
      body: cloneBody(this.#s.body) });
  }
}
finish(Response, "Response");
showGetters(Response, "type", "url", "redirected", "status", "ok", "statusText", "headers", "bodyUsed");
// The members of an answer are text until somebody asks for one.
function readAnswer(s) {
  return s.status === undefined ? Object.assign(s, parseAnswer(s.answer), { headers: s.headers, body: s.body }) : s;
}
// The headers of an answer are a list until somebody asks for them.
function responseHeaders(s) {
  return s.headers ??= headersFrom(answerHeaders(s.answer), "immutable");
}
// https://fetch.spec.whatwg.org/#initialize-a-response
function initResponse(s, init, extracted) {
  const d = toDictionary(init, "ResponseInit");
  const headers = convertHeadersInit(d.headers);
  const status = d.status === undefined ? 200 : toUnsignedShort(d.status);
  const text = d.statusText === undefined ? "" : toByteString(d.statusText);
  if (status < 200 || status > 599) throw new RangeError(`The status provided (${status}) is outside the range [200, 599].`);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw new TypeError("Invalid statusText");
  s.status = status;
  s.statusText = text;
  if (headers !== undefined) appendHeaders(s.headers, headers);
  if (!extracted) return;
  if ([101, 103, 204, 205, 304].includes(status)) throw new TypeError("Response with null body status cannot have body");
  s.body = extracted.body;
  if (extracted.type !== null && !s.headers.has("Content-Type")) s.headers.append("Content-Type", extracted.type);
}
