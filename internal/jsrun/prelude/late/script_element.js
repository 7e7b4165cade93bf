// https://html.spec.whatwg.org/#the-script-element
const { stateOf, elementSteps, insertionSteps, attributeOf } = late("node");
const { element, HTMLElement } = late("html_elements");
class HTMLScriptElement extends HTMLElement {
  get text() { return this.textContent; }
  set text(v) { this.textContent = v; }
}
element("HTMLScriptElement", ["script"], { src: "url", type: "text", charset: "text", async: "flag", defer: "flag", noModule: "flag nomodule", crossOrigin: "cors", integrity: "text",
  referrerPolicy: "policy", nonce: "text" }, HTMLScriptElement);
elementSteps.set("script", { changed(e, name, v) { if (name === "src" && v !== null && e.isConnected) prepare(e); } });
insertionSteps.push((n) => { if (n instanceof HTMLScriptElement) prepare(n); });
const javaScript = /^(?:(?:application|text)\/(?:x-)?(?:java|ecma)script|text\/(?:javascript1\.[0-5]|jscript|livescript))$/;
function prepare(e) {
  const s = stateOf(e), src = attributeOf(e, "src");
  if (s.started || s.parserMade || src === null && e.text === "") return;
  const type = (attributeOf(e, "type") ?? "").trim().toLowerCase();
  if (type !== "" && type !== "module" && !javaScript.test(type)) return;
  s.started = true;
  const isModule = type === "module";
  if (!isModule && e.noModule) return;
  if (src === null) return isModule ? void later(() => runModule(e, e.text, false)) : run(e, e.text);
  const u = src === "" ? null : parseURL(src, place.url);
  if (!u) return later(() => fire(e, "error"));
  if (isModule && op("moduleFetched", u.href)) return void later(() => runModule(e, `import ${JSON.stringify(u.href)}`, true));
  const take = (text) => {
    if (text === null) return fire(e, "error");
    if (isModule) return runModule(e, `import ${JSON.stringify(u.href)}`, true);
    run(e, text);
    fire(e, "load");
  };
  if (isModule && coming.has(u.href)) return void coming.get(u.href).push(take);
  if (isModule) coming.set(u.href, []);
  const { load } = late("element_load");
  load({ what: isModule ? "module-script" : "script", initiator: "script", url: u.href, destination: "script", cors: e.crossOrigin, integrity: e.integrity, referrerPolicy: e.referrerPolicy }, (text) => {
    const others = isModule ? coming.get(u.href) : [];
    coming.delete(u.href);
    for (const other of others) later(() => other(text));
    take(text);
  });
}
// The elements that wait for a module which is on its way for another: it is asked for once. https://html.spec.whatwg.org/#fetch-a-single-module-script
const coming = new Map();
function run(e, text) {
  const page = stateOf(globalThis.document), outer = page.script;
  page.script = e;
  try {
    asScript(() => indirectEval(text));
  } catch (x) {
    reportException(x);
  } finally {
    page.script = outer;
  }
}
// Its load event does not wait for what it awaits. https://html.spec.whatwg.org/#execute-the-script-element
function runModule(e, text, external) {
  const promise = asScript(() => evalModule(text));
  if (promise !== undefined) Reflect.apply(promiseThen, promise, [undefined, reportException]);
  else {
    const fault = op("moduleFault");
    if (fault === "") return fire(e, "error");
    const [, name, message] = /^(?:(\w*Error): )?(.*)$/s.exec(fault);
    reportException(name === "TypeError" ? new TypeError(message) : new SyntaxError(message));
  }
  if (external) fire(e, "load");
}
