// What XMLHttpRequest's responseXML shows: a tree to read, of elements and text. https://dom.spec.whatwg.org/#nodes
let makeNode, makingNode = false;
class Node extends EventTarget {
  #data;
  #parent;
  #children = null;
  static {
    makeNode = (C, data, parent) => {
      makingNode = true;
      try {
        const n = new C();
        n.#data = data;
        n.#parent = parent;
        return n;
      } finally {
        makingNode = false;
      }
    };
    this.data = (n) => n.#data;
  }
  constructor() {
    if (!makingNode) throw new TypeError("Illegal constructor");
    super();
  }
  get nodeType() { return this instanceof Element ? 1 : this instanceof XMLDocument ? 9 : 3; }
  get nodeName() { return this instanceof Element ? this.tagName : this instanceof XMLDocument ? "#document" : "#text"; }
  get nodeValue() { return this instanceof Text ? this.#data.text : null; }
  get parentNode() { return this.#parent; }
  get parentElement() { return this.#parent instanceof Element ? this.#parent : null; }
  get ownerDocument() {
    let n = this.#parent;
    while (n && !(n instanceof XMLDocument)) n = n.#parent;
    return n;
  }
  get childNodes() {
    this.#children ??= (this.#data.children ?? []).map((c) => makeNode(c.name === undefined ? Text : Element, c, this));
    return [...this.#children];
  }
  get children() { return this.childNodes.filter((n) => n instanceof Element); }
  get firstChild() { return this.childNodes[0] ?? null; }
  get lastChild() { return this.childNodes.at(-1) ?? null; }
  get firstElementChild() { return this.children[0] ?? null; }
  get nextSibling() { return this.#sibling(1); }
  get previousSibling() { return this.#sibling(-1); }
  #sibling(step) {
    const all = this.#parent ? this.#parent.childNodes : [];
    return all[all.indexOf(this) + step] ?? null;
  }
  get textContent() {
    return this instanceof Text ? this.#data.text : this instanceof XMLDocument ? null : textOf(this.#data);
  }
  hasChildNodes() { return this.childNodes.length > 0; }
  getElementsByTagName(name) {
    required(arguments, 1, "'getElementsByTagName'");
    const want = toDOMString(name), found = [];
    const visit = (n) => {
      for (const c of n.children) {
        if (want === "*" || c.tagName === want) found.push(c);
        visit(c);
      }
    };
    visit(this);
    return found;
  }
}
const nodeData = Node.data;
delete Node.data;
function textOf(data) {
  return data.name === undefined ? data.text ?? "" : (data.children ?? []).map(textOf).join("");
}
class Element extends Node {
  get localName() { return nodeData(this).name; }
  get prefix() { return nodeData(this).prefix ?? null; }
  get namespaceURI() { return nodeData(this).ns || null; }
  get tagName() {
    const d = nodeData(this);
    return d.prefix ? `${d.prefix}:${d.name}` : d.name;
  }
  get id() { return this.getAttribute("id") ?? ""; }
  getAttribute(name) {
    required(arguments, 1, "'getAttribute' on 'Element'");
    const want = toDOMString(name);
    return nodeData(this).attributes?.find((a) => a[0] === want)?.[1] ?? null;
  }
  hasAttribute(name) { return this.getAttribute(name) !== null; }
  getAttributeNames() { return (nodeData(this).attributes ?? []).map((a) => a[0]); }
}
class Text extends Node {
  get data() { return nodeData(this).text ?? ""; }
}
class XMLDocument extends Node {
  get documentElement() { return this.children[0]; }
  get contentType() { return nodeData(this).type; }
  get URL() { return nodeData(this).url; }
}
for (const [name, C] of Object.entries({ Node, Element, Text, XMLDocument })) finish(C, name);
showGetters(Element, "tagName", "textContent");
function isXML(type) {
  return type.essence === "text/xml" || type.essence === "application/xml" || type.essence.endsWith("+xml");
}
// The document of a text, or null if it is not well-formed.
function parseXMLDocument(text, type, url) {
  const root = op("xmlParse", text);
  return root === null ? null : makeNode(XMLDocument, { children: [JSON.parse(root)], type, url }, null);
}
