// The little of a document that a script without a tree needs. https://html.spec.whatwg.org/#the-document-object
class Document extends EventTarget {
  #title = "";
  #state = "loading";
  constructor() { super(); }
  get cookie() { return op("cookie"); }
  set cookie(v) { op("setCookie", toUSVString(v)); }
  get URL() { return place.url; }
  get documentURI() { return place.url; }
  get baseURI() { return place.url; }
  get domain() { return here.hostname; }
  get referrer() { return ""; }
  get title() { return this.#title; }
  set title(v) { this.#title = toDOMString(v); }
  get readyState() { return this.#state; }
  get visibilityState() { return "visible"; }
  get hidden() { return false; }
  get characterSet() { return "UTF-8"; }
  get contentType() { return "text/html"; }
  get defaultView() { return globalThis; }
  get location() { return location; }
  get documentElement() { return null; }
  get head() { return null; }
  get body() { return null; }
  getElementById() { return null; }
  getElementsByTagName() { return []; }
  querySelector() { return null; }
  querySelectorAll() { return []; }
  static loaded(d) {
    d.#state = "interactive";
    fire(d, "readystatechange");
    fire(d, "DOMContentLoaded", { bubbles: true });
    d.#state = "complete";
    fire(d, "readystatechange");
    fire(globalThis, "load");
  }
}
const documentLoaded = Document.loaded;
delete Document.loaded;
handlerAttributes(Document.prototype, ["readystatechange", "DOMContentLoaded"]);
finish(Document, "Document");
