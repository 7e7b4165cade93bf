// https://html.spec.whatwg.org/#the-script-element
const { stateOf, elementClasses, insertionSteps, attributeOf } = late("node");
const { element, HTMLElement } = late("html_elements");
class HTMLScriptElement extends HTMLElement {
  get text() { return this.textContent; }
  set text(v) { this.textContent = v; }
  static attributeChanged(e, name) { if (name === "src" && e.isConnected) prepare(e); }
}
element("HTMLScriptElement", ["script"], { src: "url", type: "text", charset: "text", async: "flag", defer: "flag", noModule: "flag nomodule", crossOrigin: "cors", integrity: "text",
  referrerPolicy: "text", nonce: "text" }, HTMLScriptElement);
insertionSteps.push((n) => { if (n instanceof HTMLScriptElement) prepare(n); });
const waiting = new Map();
// The answer: the script's text, or null for one that the page may not run.
hooks.script = (id, text) => {
  const take = waiting.get(id);
  waiting.delete(id);
  take?.(text);
};
const javaScript = /^(?:(?:application|text)\/(?:x-)?(?:java|ecma)script|text\/(?:javascript1\.[0-5]|jscript|livescript))$/;
function prepare(e) {
  const s = stateOf(e), src = attributeOf(e, "src");
  if (s.started || s.parserMade || src === null && e.text === "") return;
  const type = (attributeOf(e, "type") ?? "").trim().toLowerCase();
  if (type !== "" && type !== "module" && !javaScript.test(type)) return;
  s.started = true;
  if (type === "module") {
    consolePrint(2, ["corscope run has no script elements of type module: import() the module, or run the script with --module"]);
    return void later(() => fire(e, "error"));
  }
  if (src === null) return run(e, e.text);
  const u = src === "" ? null : parseURL(src, place.url);
  if (!u) return later(() => fire(e, "error"));
  const id = nextFetchID();
  waiting.set(id, (text) => {
    if (text === null) return fire(e, "error");
    run(e, text);
    fire(e, "load");
  });
  op("script", id, u.href, e.crossOrigin ?? "", e.integrity);
}
function run(e, text) {
  const page = stateOf(globalThis.document), outer = page.script;
  page.script = e;
  try {
    indirectEval(text);
  } catch (x) {
    reportException(x);
  } finally {
    page.script = outer;
  }
}
