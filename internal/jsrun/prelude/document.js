// What scripts ask of a document without touching its tree, which late/document.js makes. https://html.spec.whatwg.org/#the-document-object
class Document extends EventTarget {
  #state = "loading";
  constructor() { super(); }
  get cookie() { return op("cookie"); }
  set cookie(v) { op("setCookie", toUSVString(v)); }
  get URL() { return place.url; }
  get documentURI() { return place.url; }
  get domain() { return here.hostname; }
  get referrer() { return ""; }
  get readyState() { return this.#state; }
  get visibilityState() { return "visible"; }
  get hidden() { return false; }
  get characterSet() { return "UTF-8"; }
  get charset() { return "UTF-8"; }
  get contentType() { return "text/html"; }
  get lastModified() { return ""; }
  get defaultView() { return globalThis; }
  get location() { return location; }
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
handlerAttributes(Document.prototype, ["readystatechange", "DOMContentLoaded", "click", "change", "input", "submit", "keydown", "keyup", "visibilitychange"]);
// What makes the tree when it is asked for.
const lateDocumentNames = ["documentElement", "head", "body", "doctype", "compatMode", "activeElement", "currentScript", "fonts", "scripts", "forms", "images", "links", "styleSheets",
  "title", "implementation", "getElementById", "getElementsByName", "createElement", "createElementNS", "createTextNode", "createComment", "createDocumentFragment",
  "createEvent", "importNode", "adoptNode", "write", "writeln", "open", "close", "hasFocus", "children", "firstElementChild", "lastElementChild", "childElementCount",
  "append", "prepend", "replaceChildren", "querySelector", "querySelectorAll", "getElementsByTagName", "getElementsByTagNameNS", "getElementsByClassName",
  "nodeType", "nodeName", "ownerDocument", "childNodes", "firstChild", "lastChild", "appendChild", "insertBefore", "removeChild", "replaceChild", "contains", "textContent"];
for (const name of lateDocumentNames) {
  Reflect.defineProperty(Document.prototype, name, {
    get() {
      late("document");
      return this[name];
    },
    set(v) {
      late("document");
      this[name] = v;
    },
    enumerable: true, configurable: true,
  });
}
finish(Document, "Document");
// What happens at the document, but for its loading, the window sees too.
hooks.eventPath = (target, event) => target instanceof Document && event.type !== "load" ? [globalThis] : [];
