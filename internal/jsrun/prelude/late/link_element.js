// https://html.spec.whatwg.org/#the-link-element: style sheets, preloads and modules before their time. No style sheet is parsed, and what was
// preloaded is asked for again.
const { stateOf, elementSteps, insertionSteps, attributeOf, DOMTokenList } = late("node");
const { element, HTMLElement } = late("html_elements");
const { load, giveUp } = late("element_load");
// https://html.spec.whatwg.org/#translate-a-preload-destination
const preloads = { __proto__: null, fetch: "", font: "font", image: "image", script: "script", style: "style", track: "track" };
const modules = ["", "script"];
const relations = ["stylesheet", "preload", "modulepreload"];
class HTMLLinkElement extends HTMLElement {
  get as() {
    const v = (attributeOf(this, "as") ?? "").toLowerCase();
    return v in preloads || ["audio", "document", "embed", "manifest", "object", "report", "sharedworker", "video", "worker", "json"].includes(v) ? v : "";
  }
  set as(v) { this.setAttribute("as", v); }
  get relList() { return stateOf(this).made.relations ??= new DOMTokenList(this, "rel", relations); }
  set relList(v) { this.setAttribute("rel", v); }
  get sheet() { return stateOf(this).sheet ?? null; }
}
element("HTMLLinkElement", ["link"], { href: "url", rel: "text", type: "text", media: "text", hreflang: "text", crossOrigin: "cors", integrity: "text", referrerPolicy: "policy", disabled: "flag" },
  HTMLLinkElement);
elementSteps.set("link", { changed(e, name) { if (["href", "rel", "as", "crossorigin", "disabled", "type"].includes(name)) update(e); } });
insertionSteps.push((n) => { if (n instanceof HTMLLinkElement) update(n); });
// https://drafts.csswg.org/cssom/#the-cssstylesheet-interface
class CSSStyleSheet {
  #owner;
  #opaque;
  constructor(owner, url, opaque) {
    this.#owner = owner;
    this.#opaque = opaque;
    this.#url = url;
  }
  #url;
  get type() { return "text/css"; }
  get href() { return this.#url; }
  get ownerNode() { return this.#owner; }
  get disabled() { return false; }
  get cssRules() {
    if (this.#opaque) throw new DOMException("Failed to read the 'cssRules' property from 'CSSStyleSheet': Cannot access rules", "SecurityError");
    consolePrint(2, ["corscope run parses no style sheets: cssRules is empty"]);
    return [];
  }
}
finish(CSSStyleSheet, "CSSStyleSheet");
function update(e) {
  const s = stateOf(e), href = attributeOf(e, "href"), rel = (attributeOf(e, "rel") ?? "").toLowerCase().split(/[\t\n\f\r ]+/);
  const wanted = e.isConnected && s.document === globalThis.document && href ? rel.find((r) => relations.includes(r)) : undefined;
  const url = wanted && parseURL(href, place.url)?.href, request = url && requestOf(e, wanted);
  const key = request ? JSON.stringify([request, url]) : null;
  if (key === s.asked) return;
  if (s.loading) giveUp(s.loading);
  s.asked = key;
  s.loading = s.sheet = null;
  if (!request) return;
  s.loading = load({ ...request, initiator: "link", url, cors: e.crossOrigin, integrity: e.integrity, referrerPolicy: e.referrerPolicy }, (loaded) => {
    s.loading = null;
    if (request.what === "style" && loaded !== null) s.sheet = new CSSStyleSheet(e, url, loaded === "opaque");
    fire(e, loaded === null ? "error" : "load");
  });
}
// What a link of that relation asks for, or null for one that asks for nothing.
function requestOf(e, relation) {
  const as = (attributeOf(e, "as") ?? "").toLowerCase(), type = (attributeOf(e, "type") ?? "").trim().toLowerCase(), cors = e.crossOrigin;
  switch (relation) {
    case "stylesheet": return e.disabled || type !== "" && type !== "text/css" ? null : { what: "style", destination: "style", cors };
    case "modulepreload":
      if (modules.includes(as)) return { what: "module", destination: "script", cors };
      later(() => fire(e, "error"));
      return null;
  }
  if (as in preloads) return { what: "preload", destination: preloads[as], cors };
  consolePrint(2, [`<link rel=preload> must have an as attribute of ${Object.keys(preloads).join(", ")}, and ${JSON.stringify(as)} is none that preloads`]);
  return null;
}
