// The document of an empty page, and those that scripts make of texts. https://html.spec.whatwg.org/#the-document-object
const { Node, Comment, DocumentFragment, NodeList, setState, stateOf, make, listOf, makeElement, makeText, insert, replaceAll, grow, elementsBelow, elementsIn,
  parentMembers, searchMembers, documentMembers, attributeOf, baseOf } = late("node");
late("html_elements");
late("script_element");
const { Document, document: page } = globalThis;
Reflect.setPrototypeOf(Document.prototype, Node.prototype);
// The page's document was made before there were nodes. Its state is that of a node of its own kind.
const childOfRoot = (d, name) => elementsIn(d).flatMap(elementsIn).find((e) => e.localName === name) ?? null;
const body = (d) => childOfRoot(d, "body");
const members = {
  get documentElement() { return elementsIn(this)[0] ?? null; },
  get head() { return childOfRoot(this, "head"); },
  get body() { return body(this); },
  set body(v) { body(this)?.replaceWith(v); },
  get doctype() { return null; },
  get URL() { return baseOf(this); },
  get documentURI() { return baseOf(this); },
  get compatMode() { return "CSS1Compat"; },
  get activeElement() { return body(this); },
  get currentScript() { return stateOf(this).script ?? null; },
  get scripts() { return this.getElementsByTagName("script"); },
  get forms() { return this.getElementsByTagName("form"); },
  get images() { return this.getElementsByTagName("img"); },
  get links() { return this.querySelectorAll("a[href], area[href]"); },
  get styleSheets() { return elementsBelow(this, (e) => e.sheet).map((e) => e.sheet); },
  get fonts() { return late("font_face").fonts; },
  get title() { return (this.querySelector("title")?.textContent ?? "").trim().replace(/[\t\n\f\r ]+/g, " "); },
  set title(v) {
    let t = this.querySelector("title");
    if (!t && this.head) this.head.append(t = this.createElement("title"));
    if (t) t.textContent = toDOMString(v);
  },
  get implementation() {
    return stateOf(this).implementation ??= {
      createHTMLDocument(title = undefined) {
        const d = htmlDocument("");
        if (title !== undefined) d.title = title;
        return d;
      },
      hasFeature: () => true,
    };
  },
  getElementById: documentMembers.getElementById,
  getElementsByName(name) {
    const want = toDOMString(name);
    return listOf(NodeList, elementsBelow(this, (e) => attributeOf(e, "name") === want));
  },
  createElement(name) {
    required(arguments, 1, "'createElement' on 'Document'");
    const s = toDOMString(name);
    if (!/^[A-Za-z][^\0\t\n\f\r />]*$/.test(s)) throw new DOMException(`The tag name provided ('${s}') is not a valid name.`, "InvalidCharacterError");
    return makeElement(s.toLowerCase(), this);
  },
  createElementNS(ns, name) {
    const s = toDOMString(name), at = s.indexOf(":");
    return makeElement(at < 0 ? s : s.slice(at + 1), this, ns === null ? "" : toDOMString(ns), at < 0 ? null : s.slice(0, at));
  },
  createTextNode(text) { return makeText(toDOMString(text), this); },
  createComment(text) { return make(Comment, { type: 8, name: "#comment", text: toDOMString(text), document: this }); },
  createDocumentFragment() { return make(DocumentFragment, { type: 11, name: "#document-fragment", document: this }); },
  createEvent(name) {
    const kinds = { event: Event, events: Event, htmlevents: Event, customevent: CustomEvent };
    const C = kinds[toDOMString(name).toLowerCase()];
    if (!C) throw new DOMException(`The provided event type ('${name}') is invalid`, "NotSupportedError");
    return unready(new C(""));
  },
  importNode(node, deep = false) {
    const copy = node.cloneNode(deep);
    this.adoptNode(copy);
    return copy;
  },
  adoptNode(node) {
    node.remove?.();
    stateOf(node).document = this;
    return node;
  },
  // What a script writes while the page loads stands behind it: at the end of the body.
  write(...texts) { body(this)?.insertAdjacentHTML("beforeend", texts.map(toDOMString).join("")); },
  writeln(...texts) { this.write(...texts, "\n"); },
  open() {
    if (body(this)) replaceAll(body(this), []);
    return this;
  },
  close() {},
  hasFocus() { return true; },
};
for (const key of lateDocumentNames) delete Document.prototype[key];
for (const more of [parentMembers, searchMembers, members]) Object.defineProperties(Document.prototype, Object.getOwnPropertyDescriptors(more));
function empty(d) {
  const html = makeElement("html", d);
  insert(d, html, null);
  insert(html, makeElement("head", d), null);
  insert(html, makeElement("body", d), null);
}
function documentState() { return { type: 9, name: "#document", document: null }; }
setState(page, documentState());
empty(page);
class HTMLDocument extends Document {}
finish(HTMLDocument, "HTMLDocument");
Reflect.setPrototypeOf(page, HTMLDocument.prototype);
// url is that of the answer that the text came with; without one the page's counts.
function htmlDocument(text, url = undefined) {
  const d = new HTMLDocument();
  setState(d, { ...documentState(), url });
  if (text === "") empty(d);
  else for (const record of JSON.parse(op("htmlParse", text, ""))) grow(record, d);
  return d;
}
// An event goes down from the window to the node's parent, and up again if it bubbles. https://dom.spec.whatwg.org/#concept-event-dispatch
hooks.eventPath = (target, event) => {
  const path = [];
  if (!(target instanceof Node)) return path;
  let n = target;
  while ((n = stateOf(n).parent)) path.push(n);
  if ((path.at(-1) ?? target) === page && event.type !== "load") path.push(globalThis);
  return path;
};
