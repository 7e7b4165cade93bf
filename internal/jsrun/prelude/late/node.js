// A tree of nodes, enough for scripts that show what they fetched: nothing is laid out or painted, and lists do not live on.
// https://dom.spec.whatwg.org/#nodes
const { parseSelectors, matchesSelectors } = late("selectors");
const HTML = "http://www.w3.org/1999/xhtml";
let making = null;
const nodeStates = new WeakMap();
const elementClasses = new Map(), insertionSteps = [];
const constants = { ELEMENT_NODE: 1, ATTRIBUTE_NODE: 2, TEXT_NODE: 3, CDATA_SECTION_NODE: 4, PROCESSING_INSTRUCTION_NODE: 7, COMMENT_NODE: 8, DOCUMENT_NODE: 9,
  DOCUMENT_TYPE_NODE: 10, DOCUMENT_FRAGMENT_NODE: 11, DOCUMENT_POSITION_DISCONNECTED: 1, DOCUMENT_POSITION_PRECEDING: 2, DOCUMENT_POSITION_FOLLOWING: 4,
  DOCUMENT_POSITION_CONTAINS: 8, DOCUMENT_POSITION_CONTAINED_BY: 16, DOCUMENT_POSITION_IMPLEMENTATION_SPECIFIC: 32 };
class NodeList {
  constructor(nodes) {
    if (!making) throw new TypeError("Illegal constructor");
    for (let i = 0; i < nodes.length; i++) this[i] = nodes[i];
    Reflect.defineProperty(this, "length", { value: nodes.length });
  }
  item(i) { return this[toUnsignedLong(i)] ?? null; }
}
class HTMLCollection {
  constructor(nodes) {
    if (!making) throw new TypeError("Illegal constructor");
    for (let i = 0; i < nodes.length; i++) this[i] = nodes[i];
    Reflect.defineProperty(this, "length", { value: nodes.length });
  }
  item(i) { return this[toUnsignedLong(i)] ?? null; }
  namedItem(name) {
    const s = toDOMString(name);
    return Array.from(this).find((e) => e.id === s || e.getAttribute("name") === s) ?? null;
  }
}
for (const C of [NodeList, HTMLCollection]) {
  for (const key of C === NodeList ? ["entries", "keys", "values", "forEach", Symbol.iterator] : [Symbol.iterator]) {
    Reflect.defineProperty(C.prototype, key, { value: Array.prototype[key], writable: true, enumerable: typeof key === "string", configurable: true });
  }
}
function setState(n, s) {
  nodeStates.set(n, Object.assign(s, { children: [], parent: null }));
}
function stateOf(n) {
  const s = nodeStates.get(n);
  if (!s) throw new TypeError("The object is not of type 'Node'");
  return s;
}
function listOf(C, nodes) {
  const outer = making;
  making = C;
  try {
    return new C(nodes);
  } finally {
    making = outer;
  }
}
class Node extends EventTarget {
  constructor() {
    if (!making) throw new TypeError("Illegal constructor");
    super();
    setState(this, making);
  }
  get nodeType() { return stateOf(this).type; }
  get nodeName() { return stateOf(this).name; }
  get nodeValue() { return stateOf(this).text ?? null; }
  set nodeValue(v) { if (isCharacterData(this)) stateOf(this).text = v === null ? "" : toDOMString(v); }
  get baseURI() { return baseOf(this); }
  get ownerDocument() { return stateOf(this).document; }
  get parentNode() { return stateOf(this).parent; }
  get parentElement() { return isElement(this.parentNode) ? this.parentNode : null; }
  get childNodes() { return listOf(NodeList, stateOf(this).children); }
  get firstChild() { return stateOf(this).children[0] ?? null; }
  get lastChild() { return stateOf(this).children.at(-1) ?? null; }
  get nextSibling() { return siblingOf(this, 1); }
  get previousSibling() { return siblingOf(this, -1); }
  get isConnected() { return rootOf(this).nodeType === 9; }
  get textContent() {
    const s = stateOf(this);
    return s.type === 9 ? null : isCharacterData(this) ? s.text : textIn(this);
  }
  set textContent(v) {
    const text = v === null ? "" : toDOMString(v);
    if (isCharacterData(this)) stateOf(this).text = text;
    else if (stateOf(this).type !== 9) replaceAll(this, text === "" ? [] : [makeText(text, documentOf(this))]);
  }
  hasChildNodes() { return stateOf(this).children.length > 0; }
  getRootNode() { return rootOf(this); }
  contains(other) {
    for (let n = other; n; n = stateOf(n).parent) if (n === this) return true;
    return false;
  }
  isSameNode(other) { return this === other; }
  isEqualNode(other) { return !!other && serialize(this) === serialize(other); }
  compareDocumentPosition(other) {
    if (this === other) return 0;
    if (rootOf(this) !== rootOf(other)) return 1 | 32 | 4;
    if (this.contains(other)) return 16 | 4;
    if (other.contains(this)) return 8 | 2;
    const order = [];
    walk(rootOf(this), (n) => { if (n === this || n === other) order.push(n); });
    return order[0] === this ? 4 : 2;
  }
  appendChild(node) { return insert(this, node, null); }
  insertBefore(node, child) {
    required(arguments, 2, "'insertBefore' on 'Node'");
    return insert(this, node, child ?? null);
  }
  removeChild(child) {
    if (stateOf(child).parent !== this) throw new DOMException("The node to be removed is not a child of this node.", "NotFoundError");
    remove(child);
    return child;
  }
  replaceChild(node, child) {
    if (stateOf(child).parent !== this) throw new DOMException("The node to be replaced is not a child of this node.", "NotFoundError");
    const next = child.nextSibling === node ? node.nextSibling : child.nextSibling;
    remove(child);
    insert(this, node, next);
    return child;
  }
  cloneNode(deep = false) { return cloneNode(this, !!deep); }
  normalize() {
    for (const c of [...stateOf(this).children]) {
      const before = c.previousSibling;
      if (stateOf(c).type !== 3) c.normalize();
      else if (stateOf(c).text === "") remove(c);
      else if (before && stateOf(before).type === 3) {
        stateOf(before).text += stateOf(c).text;
        remove(c);
      }
    }
  }
}
finish(Node, "Node", constants);
function make(C, s) {
  const outer = making;
  making = s;
  try {
    return new C();
  } finally {
    making = outer;
  }
}
const isElement = (n) => nodeStates.get(n)?.type === 1;
const isCharacterData = (n) => [3, 4, 7, 8].includes(stateOf(n).type);
const documentOf = (n) => stateOf(n).type === 9 ? n : stateOf(n).document;
const baseOf = (n) => stateOf(documentOf(n)).url || place.url;
const isHTML = (n) => stateOf(documentOf(n)).html !== false;
function siblingOf(n, step) {
  const { parent } = stateOf(n);
  if (!parent) return null;
  const all = stateOf(parent).children;
  return all[all.indexOf(n) + step] ?? null;
}
function rootOf(n) {
  for (let p; (p = stateOf(n).parent); n = p);
  return n;
}
// Visits what is below a node, in tree order.
function walk(n, visit) {
  for (const c of [...stateOf(n).children]) {
    visit(c);
    walk(c, visit);
  }
}
function textIn(n) {
  let text = "";
  walk(n, (c) => { if ([3, 4].includes(stateOf(c).type)) text += stateOf(c).text; });
  return text;
}
function remove(n) {
  const s = stateOf(n);
  if (!s.parent) return;
  const all = stateOf(s.parent).children;
  all.splice(all.indexOf(n), 1);
  s.parent = null;
}
// https://dom.spec.whatwg.org/#concept-node-pre-insert
function insert(parent, node, before) {
  const s = stateOf(node);
  if (![1, 9, 11].includes(stateOf(parent).type) || s.type === 9 || node.contains(parent)) {
    throw new DOMException("The new child element contains the parent, or cannot have this parent.", "HierarchyRequestError");
  }
  if (before && stateOf(before).parent !== parent) throw new DOMException("The node before which the new node is to be inserted is not a child of this node.", "NotFoundError");
  if (before === node) before = node.nextSibling;
  const nodes = s.type === 11 ? [...s.children] : [node], all = stateOf(parent).children;
  for (const n of nodes) {
    remove(n);
    adopt(n, documentOf(parent));
    all.splice(before ? all.indexOf(before) : all.length, 0, n);
    stateOf(n).parent = parent;
  }
  for (const n of nodes) {
    stepsOf(n)?.inserted?.(n);
    if (!n.isConnected) continue;
    for (const step of insertionSteps) {
      step(n);
      walk(n, step);
    }
  }
  return node;
}
function adopt(n, document) {
  if (stateOf(n).document === document) return;
  stateOf(n).document = document;
  walk(n, (c) => stateOf(c).document = document);
}
function replaceAll(parent, nodes) {
  for (const c of [...stateOf(parent).children]) remove(c);
  for (const n of nodes) insert(parent, n, null);
}
function makeText(text, document) { return make(Text, { type: 3, name: "#text", text, document }); }
// Elements that most scripts have none of, and the parts with their classes.
const lateElements = { __proto__: null, img: "image_element", link: "link_element", audio: "media_element", video: "media_element", source: "media_element",
  canvas: "canvas_element" };
// What an element does when an attribute changes (changed), when it was made with all of them (made), and when it gets a parent (inserted).
const elementSteps = new Map();
function stepsOf(e) { return stateOf(e).namespace === HTML ? elementSteps.get(stateOf(e).localName) : undefined; }
function makeElement(localName, document, namespace = HTML, prefix = null) {
  if (namespace === HTML && localName in lateElements) late(lateElements[localName]);
  const html = namespace === HTML, C = html && elementClasses.get(localName) || (html ? elementClasses.get("") : null) || Element;
  const qualified = prefix ? `${prefix}:${localName}` : localName;
  const upper = html && isHTML(document);
  return make(C, { type: 1, name: upper ? qualified.toUpperCase() : qualified, localName, namespace, prefix, attributes: [], document, made: {} });
}
// onclick="..." https://html.spec.whatwg.org/#event-handler-content-attributes
function handlerChanged(e, name, value) {
  if (handlerNames.has(name) && stateOf(e).namespace === HTML && name in e) e[name] = value === null ? null : new UncompiledHandler(() => compileHandler(e, name, value));
}
// The text sees the element's members, and those of its form and document, as variables.
function compileHandler(e, name, text) {
  if (stateOf(e).document !== globalThis.document) return undefined; // not yet
  const names = name === "onerror" && stateOf(e).localName === "body" ? "event, source, lineno, colno, error" : "event";
  try {
    // By itself, so that it cannot end what stands around it. Of a text that ends its function and begins another the engine makes the other.
    if (functionText(Reflect.construct(Function, [names, text])) !== `function anonymous(${names}\n) {\n${text}\n}`) throw new SyntaxError("unexpected '}'");
    const make = indirectEval(`(function () { with (arguments[0]) with (arguments[1]) with (arguments[2]) return function ${name}(${names}) {\n${text}\n}; })`);
    return make(globalThis.document, e.form ?? { __proto__: null }, e);
  } catch (x) {
    reportException(x);
    return null;
  }
}
function cloneNode(n, deep) {
  const s = stateOf(n);
  let copy;
  if (s.type === 1) {
    copy = makeElement(s.localName, s.document, s.namespace, s.prefix);
    stateOf(copy).attributes = s.attributes.map((a) => [...a]);
    for (const [name, value] of s.attributes) handlerChanged(copy, name, value);
    stepsOf(copy)?.made?.(copy);
  } else if (s.type === 9) throw new DOMException("A document cannot be cloned here", "NotSupportedError");
  else copy = make(n.constructor, { type: s.type, name: s.name, text: s.text, document: s.document });
  if (deep) for (const c of s.children) insert(copy, cloneNode(c, true), null);
  return copy;
}
function toNodes(items, document) { return items.map((x) => isObject(x) ? (stateOf(x), x) : makeText(toDOMString(x), document)); }
// Members that more than one class has.
function mixin(classes, members) {
  for (const C of classes) Object.defineProperties(C.prototype, Object.getOwnPropertyDescriptors(members));
}
class CharacterData extends Node {
  get data() { return stateOf(this).text; }
  set data(v) { stateOf(this).text = v === null ? "" : toDOMString(v); }
  get length() { return stateOf(this).text.length; }
  appendData(v) { stateOf(this).text += toDOMString(v); }
}
class Text extends CharacterData {
  constructor(data = "") {
    const outer = making;
    making ??= { type: 3, name: "#text", text: toDOMString(data), document: globalThis.document };
    try {
      super();
    } finally {
      making = outer;
    }
  }
  get wholeText() { return stateOf(this).text; }
}
class Comment extends CharacterData {}
class DocumentFragment extends Node {
  constructor() {
    const outer = making;
    making ??= { type: 11, name: "#document-fragment", document: globalThis.document };
    try {
      super();
    } finally {
      making = outer;
    }
  }
  getElementById(id) { return findID(this, id); }
}
class XMLDocument extends Node {
  get contentType() { return stateOf(this).contentType; }
  get URL() { return stateOf(this).url; }
}
function findID(root, id) {
  const want = toDOMString(id);
  let found = null;
  if (want) walk(root, (n) => { if (!found && isElement(n) && attributeOf(n, "id") === want) found = n; });
  return found;
}
function attributeOf(n, name) { return stateOf(n).attributes.find((a) => a[0] === name)?.[1] ?? null; }
class DOMTokenList {
  #element;
  #name;
  #supported;
  constructor(element, name, supported) {
    this.#element = element;
    this.#name = name;
    this.#supported = supported;
  }
  get #list() { return [...new Set((attributeOf(this.#element, this.#name) ?? "").split(/[\t\n\f\r ]+/).filter(Boolean))]; }
  set #list(list) { this.#element.setAttribute(this.#name, list.join(" ")); }
  #checked(tokens) {
    return tokens.map((t) => {
      const s = toDOMString(t);
      if (s === "") throw new DOMException("The token provided must not be empty.", "SyntaxError");
      if (/[\t\n\f\r ]/.test(s)) throw new DOMException(`The token provided ('${s}') contains HTML space characters.`, "InvalidCharacterError");
      return s;
    });
  }
  get length() { return this.#list.length; }
  get value() { return attributeOf(this.#element, this.#name) ?? ""; }
  set value(v) { this.#element.setAttribute(this.#name, v); }
  supports(token) {
    if (!this.#supported) throw new TypeError("The attribute has no supported tokens");
    return this.#supported.includes(toDOMString(token).toLowerCase());
  }
  item(i) { return this.#list[i] ?? null; }
  contains(token) { return this.#list.includes(toDOMString(token)); }
  add(...tokens) { this.#list = [...new Set([...this.#list, ...this.#checked(tokens)])]; }
  remove(...tokens) {
    const gone = this.#checked(tokens);
    this.#list = this.#list.filter((t) => !gone.includes(t));
  }
  toggle(token, force = undefined) {
    const [t] = this.#checked([token]), add = force === undefined ? !this.contains(t) : !!force;
    if (add) this.add(t);
    else this.remove(t);
    return add;
  }
  replace(from, to) {
    const had = this.contains(from);
    this.#list = this.#list.map((t) => t === from ? to : t);
    return had;
  }
  forEach(f, thisArg) { this.#list.forEach((t, i) => Reflect.apply(f, thisArg, [t, i, this])); }
  [Symbol.iterator]() { return this.#list[Symbol.iterator](); }
  toString() { return this.value; }
}
finish(DOMTokenList, "DOMTokenList");
class Element extends Node {
  get namespaceURI() { return stateOf(this).namespace || null; }
  get prefix() { return stateOf(this).prefix || null; }
  get localName() { return stateOf(this).localName; }
  get tagName() { return stateOf(this).name; }
  get id() { return attributeOf(this, "id") ?? ""; }
  set id(v) { this.setAttribute("id", v); }
  get className() { return attributeOf(this, "class") ?? ""; }
  set className(v) { this.setAttribute("class", v); }
  get classList() { return stateOf(this).made.classes ??= new DOMTokenList(this, "class"); }
  set classList(v) { this.setAttribute("class", v); }
  get attributes() {
    const list = stateOf(this).attributes.map(([name, value]) => ({ name, localName: name, value, nodeName: name, nodeValue: value, nodeType: 2, specified: true, ownerElement: this }));
    for (const a of [...list]) if (!(a.name in list)) Reflect.defineProperty(list, a.name, { value: a });
    return Object.assign(list, { item: (i) => list[i] ?? null, getNamedItem: (name) => list.find((a) => a.name === name) ?? null });
  }
  getAttributeNames() { return stateOf(this).attributes.map((a) => a[0]); }
  hasAttributes() { return stateOf(this).attributes.length > 0; }
  getAttribute(name) {
    required(arguments, 1, "'getAttribute' on 'Element'");
    return attributeOf(this, attributeName(this, name));
  }
  setAttribute(name, value) {
    required(arguments, 2, "'setAttribute' on 'Element'");
    const n = attributeName(this, name), v = toDOMString(value), old = stateOf(this).attributes.find((a) => a[0] === n);
    if (!n || /[\t\n\f\r />=]/.test(n)) throw new DOMException(`'${n}' is not a valid attribute name.`, "InvalidCharacterError");
    if (old) old[1] = v;
    else stateOf(this).attributes.push([n, v]);
    stepsOf(this)?.changed(this, n, v);
    handlerChanged(this, n, v);
  }
  removeAttribute(name) {
    const n = attributeName(this, name), s = stateOf(this);
    const left = s.attributes.filter((a) => a[0] !== n), had = left.length < s.attributes.length;
    s.attributes = left;
    if (!had) return;
    stepsOf(this)?.changed(this, n, null);
    handlerChanged(this, n, null);
  }
  hasAttribute(name) { return attributeOf(this, attributeName(this, name)) !== null; }
  toggleAttribute(name, force = undefined) {
    const on = force === undefined ? !this.hasAttribute(name) : !!force;
    if (!on) this.removeAttribute(name);
    else if (!this.hasAttribute(name)) this.setAttribute(name, "");
    return on;
  }
  getAttributeNode(name) { return this.attributes.getNamedItem(attributeName(this, name)); }
  getAttributeNS(_, name) { return attributeOf(this, toDOMString(name)); }
  setAttributeNS(_, name, value) { this.setAttribute(name, value); }
  hasAttributeNS(_, name) { return attributeOf(this, toDOMString(name)) !== null; }
  removeAttributeNS(_, name) { this.removeAttribute(name); }
  matches(selectors) {
    required(arguments, 1, "'matches' on 'Element'");
    return matchesSelectors(this, parseSelectors(toDOMString(selectors)), this);
  }
  closest(selectors) {
    const list = parseSelectors(toDOMString(selectors));
    for (let n = this; isElement(n); n = n.parentNode) if (matchesSelectors(n, list, this)) return n;
    return null;
  }
  get innerHTML() { return stateOf(this).children.map(serialize).join(""); }
  set innerHTML(v) { replaceAll(this, parseFragment(v === null ? "" : toDOMString(v), this)); }
  get outerHTML() { return serialize(this); }
  set outerHTML(v) { if (this.parentNode) this.replaceWith(...parseFragment(toDOMString(v), this.parentNode)); }
  insertAdjacentHTML(where, text) { insertAdjacent(this, where, parseFragment(toDOMString(text), this)); }
  insertAdjacentElement(where, element) {
    insertAdjacent(this, where, [element]);
    return element;
  }
  insertAdjacentText(where, text) { insertAdjacent(this, where, [makeText(toDOMString(text), documentOf(this))]); }
}
function attributeName(n, name) {
  const s = toDOMString(name);
  return stateOf(n).namespace === HTML && isHTML(n) ? s.toLowerCase() : s;
}
function insertAdjacent(n, where, nodes) {
  const method = { beforebegin: "before", afterbegin: "prepend", beforeend: "append", afterend: "after" }[toDOMString(where).toLowerCase()];
  if (!method) throw new DOMException(`The value provided ('${where}') is not one of 'beforebegin', 'afterbegin', 'beforeend', or 'afterend'.`, "SyntaxError");
  n[method](...nodes);
}
const elementsIn = (n) => stateOf(n).children.filter(isElement);
function elementsBelow(root, keep) {
  const found = [];
  walk(root, (n) => { if (isElement(n) && keep(n)) found.push(n); });
  return found;
}
const parentMembers = {
  get children() { return listOf(HTMLCollection, elementsIn(this)); },
  get firstElementChild() { return elementsIn(this)[0] ?? null; },
  get lastElementChild() { return elementsIn(this).at(-1) ?? null; },
  get childElementCount() { return elementsIn(this).length; },
  append(...items) { for (const n of toNodes(items, documentOf(this))) insert(this, n, null); },
  prepend(...items) {
    const first = this.firstChild;
    for (const n of toNodes(items, documentOf(this))) insert(this, n, first);
  },
  replaceChildren(...items) { replaceAll(this, toNodes(items, documentOf(this))); },
  querySelector(selectors) {
    required(arguments, 1, "'querySelector'");
    const list = parseSelectors(toDOMString(selectors));
    return elementsBelow(this, (n) => matchesSelectors(n, list, this))[0] ?? null;
  },
  querySelectorAll(selectors) {
    required(arguments, 1, "'querySelectorAll'");
    const list = parseSelectors(toDOMString(selectors));
    return listOf(NodeList, elementsBelow(this, (n) => matchesSelectors(n, list, this)));
  },
};
const searchMembers = {
  getElementsByTagName(name) {
    required(arguments, 1, "'getElementsByTagName'");
    const want = toDOMString(name), lower = want.toLowerCase();
    return listOf(HTMLCollection, elementsBelow(this, (n) => {
      const s = stateOf(n);
      return want === "*" || (s.namespace === HTML && isHTML(n) ? s.localName === lower : s.name === want);
    }));
  },
  getElementsByTagNameNS(ns, name) {
    return listOf(HTMLCollection, elementsBelow(this, (n) => (ns === "*" || n.namespaceURI === ns) && (name === "*" || n.localName === name)));
  },
  getElementsByClassName(names) {
    const want = toDOMString(names).split(/[\t\n\f\r ]+/).filter(Boolean);
    return listOf(HTMLCollection, elementsBelow(this, (n) => want.length > 0 && want.every((c) => n.classList.contains(c))));
  },
};
const childMembers = {
  get nextElementSibling() {
    for (let n = this.nextSibling; n; n = n.nextSibling) if (isElement(n)) return n;
    return null;
  },
  get previousElementSibling() {
    for (let n = this.previousSibling; n; n = n.previousSibling) if (isElement(n)) return n;
    return null;
  },
  remove() { remove(this); },
  before(...items) { if (this.parentNode) for (const n of toNodes(items, documentOf(this))) insert(this.parentNode, n, this); },
  after(...items) {
    const next = this.nextSibling;
    if (this.parentNode) for (const n of toNodes(items, documentOf(this))) insert(this.parentNode, n, next);
  },
  replaceWith(...items) {
    this.before(...items);
    remove(this);
  },
};
const documentMembers = { get documentElement() { return elementsIn(this)[0] ?? null; }, getElementById(id) { return findID(this, id); } };
mixin([Element, DocumentFragment, XMLDocument], parentMembers);
mixin([Element, XMLDocument], searchMembers);
mixin([Element, CharacterData], childMembers);
mixin([XMLDocument], documentMembers);
for (const [name, C] of Object.entries({ NodeList, HTMLCollection, CharacterData, Text, Comment, DocumentFragment, XMLDocument, Element })) finish(C, name);
showGetters(Element, "tagName", "textContent");
// https://html.spec.whatwg.org/#html-fragment-serialisation-algorithm
const voids = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
const raw = new Set("style script xmp iframe noembed noframes plaintext".split(" "));
function escapeText(s) { return s.replaceAll("&", "&amp;").replaceAll("\u00a0", "&nbsp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"); }
function serialize(n) {
  const s = stateOf(n);
  switch (s.type) {
    case 1: {
      const name = s.name === s.name.toUpperCase() && s.namespace === HTML ? s.localName : s.name;
      const attributes = s.attributes.map(([k, v]) => ` ${k}="${escapeText(v).replaceAll("\"", "&quot;")}"`).join("");
      return voids.has(name) ? `<${name}${attributes}>` : `<${name}${attributes}>${s.children.map(serialize).join("")}</${name}>`;
    }
    case 3: case 4: return s.parent && raw.has(stateOf(s.parent).localName) ? s.text : escapeText(s.text);
    case 8: return `<!--${s.text}-->`;
    default: return s.children.map(serialize).join("");
  }
}
// Makes nodes of the records that Go's parsers return.
function grow(record, parent) {
  const document = documentOf(parent);
  let n;
  if (record.name !== undefined) {
    n = makeElement(record.name, document, isHTML(parent) ? record.ns || HTML : record.ns ?? "", record.prefix ?? null);
    stateOf(n).attributes = (record.attributes ?? []).map((a) => [...a]);
    stateOf(n).parserMade = true;
    for (const [name, value] of stateOf(n).attributes) handlerChanged(n, name, value);
    stepsOf(n)?.made?.(n);
  } else n = record.comment === undefined ? makeText(record.text ?? "", document) : make(Comment, { type: 8, name: "#comment", text: record.comment, document });
  stateOf(parent).children.push(n);
  stateOf(n).parent = parent;
  for (const c of record.children ?? []) grow(c, n);
  return n;
}
function parseFragment(text, context) {
  const holder = make(DocumentFragment, { type: 11, name: "#document-fragment", document: documentOf(context) });
  if (!isHTML(context)) throw new DOMException("XML cannot be written into a document here", "NotSupportedError");
  const name = isElement(context) ? stateOf(context).localName : "body";
  for (const record of JSON.parse(op("htmlParse", text, name))) grow(record, holder);
  const nodes = [...stateOf(holder).children];
  for (const n of nodes) stateOf(n).parent = null;
  return nodes;
}
// The document of an XML text, or null if it is not well-formed.
function parseXML(text, contentType, url) {
  const root = op("xmlParse", text);
  if (root === null) return null;
  const d = make(XMLDocument, { type: 9, name: "#document", html: false, document: null, contentType, url });
  grow(JSON.parse(root), d);
  return d;
}
