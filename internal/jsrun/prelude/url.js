// https://url.spec.whatwg.org/#url-class. Parsing is Go's.
function parseURL(s, base) {
  const text = op("urlParse", s, base ?? null);
  return text === null ? null : JSON.parse(text);
}
// What a text that is no URL, or too long for us, is refused with.
function urlFault(what, text) {
  return op("urlFault", text) ?? what + (text.length > 1000 ? `${text.slice(0, 200)}... (${text.length} characters)` : text);
}
// What a parsed blob: URL names at this moment, as an object that Go keeps it for; null for nothing. A request holds it, so that the URL
// may be revoked. https://url.spec.whatwg.org/#concept-url-blob-entry
const blobEntries = new FinalizationRegistry((id) => op("blobEntryDrop", id));
function blobURLEntry(href) {
  const id = href.startsWith("blob:") ? op("blobEntry", href) : 0;
  if (id === 0) return null;
  const entry = { id };
  finalizationRegister(blobEntries, entry, id);
  return entry;
}
class URL {
  #record;
  #params = null;
  constructor(url, base = undefined) {
    required(arguments, 1, "the URL constructor");
    const s = toUSVString(url), b = base === undefined ? undefined : toUSVString(base);
    this.#record = parseURL(s, b);
    if (this.#record === null) throw new TypeError(`Failed to construct 'URL': ${urlFault("Invalid URL: ", s)}`);
  }
  static parse(url, base = undefined) {
    required(arguments, 1, "'parse' on 'URL'");
    try {
      return new URL(url, base);
    } catch (e) {
      if (e instanceof TypeError && String(e.message).includes("Invalid URL")) return null;
      throw e;
    }
  }
  static canParse(url, base = undefined) {
    required(arguments, 1, "'canParse' on 'URL'");
    return parseURL(toUSVString(url), base === undefined ? undefined : toUSVString(base)) !== null;
  }
  static createObjectURL(blob) {
    if (!(blob instanceof Blob)) throw new TypeError("The argument is not a Blob");
    return op("blobURL", toBase64(blobBytes(blob)), blob.type);
  }
  static revokeObjectURL(url) { op("revokeBlobURL", toUSVString(url)); }
  #set(part, value) {
    this.#record = JSON.parse(op("urlSet", this.#record.href, part, toUSVString(value)));
    if (this.#params && part === "search") relinkParams(this.#params, parseForm(this.#record.search.slice(1)));
  }
  get href() { return this.#record.href; }
  set href(v) {
    const s = toUSVString(v), r = parseURL(s);
    if (r === null) throw new TypeError(urlFault("Invalid URL: ", s));
    this.#record = r;
    if (this.#params) relinkParams(this.#params, parseForm(r.search.slice(1)));
  }
  get origin() { return this.#record.origin; }
  get protocol() { return this.#record.protocol; }
  set protocol(v) { this.#set("protocol", v); }
  get username() { return this.#record.username; }
  set username(v) { this.#set("username", v); }
  get password() { return this.#record.password; }
  set password(v) { this.#set("password", v); }
  get host() { return this.#record.host; }
  set host(v) { this.#set("host", v); }
  get hostname() { return this.#record.hostname; }
  set hostname(v) { this.#set("hostname", v); }
  get port() { return this.#record.port; }
  set port(v) { this.#set("port", v); }
  get pathname() { return this.#record.pathname; }
  set pathname(v) { this.#set("pathname", v); }
  get search() { return this.#record.search; }
  set search(v) { this.#set("search", v); }
  get searchParams() {
    if (!this.#params) {
      this.#params = new URLSearchParams();
      linkParams(this.#params, parseForm(this.#record.search.slice(1)), (s) => {
        this.#record = JSON.parse(op("urlSet", this.#record.href, "search", s));
      });
    }
    return this.#params;
  }
  get hash() { return this.#record.hash; }
  set hash(v) { this.#set("hash", v); }
  toString() { return this.#record.href; }
  toJSON() { return this.#record.href; }
}
finish(URL, "URL");
showGetters(URL, "href", "origin", "protocol", "host", "pathname", "search", "hash");
expose("webkitURL", URL);
