// https://html.spec.whatwg.org/#elements-in-the-dom, as far as scripts read and write their members. Nothing is rendered, and no form is
// submitted, no link followed, and no frame loaded.
const { Element, stateOf, elementClasses, elementsBelow, attributeOf, baseOf } = late("node");
const camel = (s) => s.replace(/-([a-z])/g, (_, c) => c.toUpperCase());
const kebab = (s) => s.replace(/[A-Z]/g, (c) => "-" + c.toLowerCase());
class HTMLElement extends Element {
  constructor() {
    super();
    if (stateOf(this).localName === undefined) throw new TypeError("Illegal constructor");
  }
  // What is written into it comes back, unchecked.
  get style() { return stateOf(this).made.style ??= makeStyle(this); }
  set style(v) { this.setAttribute("style", v); }
  get dataset() {
    return stateOf(this).made.dataset ??= new Proxy({}, {
      get: (_, key) => typeof key === "string" ? this.getAttribute("data-" + kebab(key)) ?? undefined : undefined,
      set: (_, key, v) => (this.setAttribute("data-" + kebab(key), v), true),
      has: (_, key) => typeof key === "string" && this.hasAttribute("data-" + kebab(key)),
      deleteProperty: (_, key) => (this.removeAttribute("data-" + kebab(key)), true),
      ownKeys: () => this.getAttributeNames().filter((n) => n.startsWith("data-")).map((n) => camel(n.slice(5))),
      getOwnPropertyDescriptor: (_, key) => this.hasAttribute("data-" + kebab(key)) ?
        { value: this.getAttribute("data-" + kebab(key)), writable: true, enumerable: true, configurable: true } : undefined,
    });
  }
  get innerText() { return this.textContent; }
  set innerText(v) { this.textContent = v; }
  click() {
    if (fire(this, "click", { bubbles: true, cancelable: true, composed: true }) && this.type === "submit" && !this.disabled) this.form?.requestSubmit();
  }
  focus() {}
  blur() {}
  scrollIntoView() {}
}
function makeStyle(element) {
  const read = () => new Map((element.getAttribute("style") ?? "").split(";").map((d) => d.split(/:(.*)/s)).filter((d) => d.length > 1).map((d) => [d[0].trim(), d[1].trim()]));
  const write = (map) => element.setAttribute("style", [...map].map(([k, v]) => `${k}: ${v};`).join(" "));
  const methods = {
    getPropertyValue: (k) => read().get(String(k)) ?? "",
    setProperty(k, v) {
      const map = read();
      if (v === "" || v === null) map.delete(k);
      else map.set(k, toDOMString(v));
      write(map);
    },
    removeProperty(k) {
      const old = methods.getPropertyValue(k);
      methods.setProperty(k, "");
      return old;
    },
  };
  return new Proxy({}, {
    get(_, key) {
      if (typeof key !== "string") return undefined;
      if (Object.hasOwn(methods, key)) return methods[key];
      if (key === "cssText") return element.getAttribute("style") ?? "";
      return key === "length" ? read().size : methods.getPropertyValue(kebab(key));
    },
    set(_, key, v) {
      if (key === "cssText") element.setAttribute("style", v);
      else methods.setProperty(kebab(key), v);
      return true;
    },
    has: (_, key) => typeof key === "string" && /^[a-z][A-Za-z]*$/.test(key),
  });
}
handlerAttributes(HTMLElement.prototype, ["click", "dblclick", "change", "input", "submit", "reset", "load", "error", "focus", "blur", "keydown", "keyup", "keypress", "mousedown",
  "mouseup", "mouseover", "mouseout", "mousemove", "mouseenter", "mouseleave", "scroll"]);
const referrerPolicies = ["no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin",
  "unsafe-url"];
// Members that reflect an attribute. https://html.spec.whatwg.org/#reflect
function reflects(C, names) {
  for (const [key, kind] of Object.entries(names)) {
    const [type, name = key.toLowerCase()] = kind.split(" ");
    const get = {
      text() { return attributeOf(this, name) ?? ""; },
      flag() { return attributeOf(this, name) !== null; },
      number() { return toLong(attributeOf(this, name) ?? 0); },
      url() {
        const v = attributeOf(this, name);
        return v === null ? "" : parseURL(v, baseOf(this))?.href ?? v;
      },
      policy() {
        const v = (attributeOf(this, name) ?? "").toLowerCase();
        return referrerPolicies.includes(v) ? v : "";
      },
      cors() {
        const v = attributeOf(this, name);
        return v === null ? null : v.toLowerCase() === "use-credentials" ? "use-credentials" : "anonymous";
      },
    }[type];
    const set = {
      flag(v) { this.toggleAttribute(name, !!v); },
      cors(v) {
        if (v === null) this.removeAttribute(name);
        else this.setAttribute(name, v);
      },
    }[type] ?? function (v) { this.setAttribute(name, toUSVString(v)); };
    Reflect.defineProperty(C.prototype, key, { get, set, enumerable: true, configurable: true });
  }
}
reflects(HTMLElement, { title: "text", lang: "text", dir: "text", hidden: "flag", tabIndex: "number" });
function element(name, tags, reflected = {}, C = { [name]: class extends HTMLElement {} }[name]) {
  reflects(C, reflected);
  for (const tag of tags) elementClasses.set(tag, C);
  finish(C, name);
  return C;
}
element("HTMLElement", [""], {}, HTMLElement);
// The parts of a link's URL. https://html.spec.whatwg.org/#hyperlink
class HTMLAnchorElement extends HTMLElement {
  get text() { return this.textContent; }
  set text(v) { this.textContent = v; }
  toString() { return this.href; }
}
for (const key of ["origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"]) {
  const url = (e) => attributeOf(e, "href") === null ? null : parseURL(attributeOf(e, "href"), baseOf(e));
  Reflect.defineProperty(HTMLAnchorElement.prototype, key, {
    get() { return url(this)?.[key] ?? (key === "protocol" ? ":" : ""); },
    set: key === "origin" ? undefined : function (v) {
      const u = url(this);
      if (u) this.setAttribute("href", JSON.parse(op("urlSet", u.href, key, toUSVString(v))).href);
    },
    enumerable: true, configurable: true,
  });
}
element("HTMLAnchorElement", ["a", "area"], { href: "url", target: "text", download: "text", rel: "text", type: "text", referrerPolicy: "policy" }, HTMLAnchorElement);
element("HTMLIFrameElement", ["iframe"], { src: "url", name: "text", srcdoc: "text" });
element("HTMLMetaElement", ["meta"], { name: "text", content: "text", httpEquiv: "text http-equiv" });
element("HTMLLabelElement", ["label"], { htmlFor: "text for" });
for (const [name, ...tags] of [["HTMLHtmlElement", "html"], ["HTMLHeadElement", "head"], ["HTMLBodyElement", "body"], ["HTMLTitleElement", "title"], ["HTMLDivElement", "div"],
  ["HTMLSpanElement", "span"], ["HTMLParagraphElement", "p"], ["HTMLUListElement", "ul"], ["HTMLOListElement", "ol"], ["HTMLLIElement", "li"], ["HTMLPreElement", "pre"],
  ["HTMLHeadingElement", "h1", "h2", "h3", "h4", "h5", "h6"], ["HTMLTableElement", "table"], ["HTMLTableRowElement", "tr"], ["HTMLTableCellElement", "td", "th"],
  ["HTMLStyleElement", "style"], ["HTMLFieldSetElement", "fieldset"], ["HTMLTemplateElement", "template"]]) element(name, tags);
const isShown = (e) => stateOf(e).document === globalThis.document;
// The body's are the window's, in the document that it shows. https://html.spec.whatwg.org/#handlers-on-elements,-document-objects,-and-window-objects
for (const name of ["blur", "error", "focus", "load", "resize", "scroll", "beforeunload", "unload", "pagehide", "pageshow", "message", "online", "offline", "unhandledrejection", "rejectionhandled"]) {
  const key = "on" + name;
  if (handlerNames.has(key) && key in globalThis) Reflect.defineProperty(globalThis.HTMLBodyElement.prototype, key, {
    get() { return isShown(this) ? globalThis[key] : null; },
    set(v) { if (isShown(this)) globalThis[key] = v; },
    enumerable: true, configurable: true,
  });
}
const formOf = (e) => e.closest("form");
function control(names, members) {
  const C = class extends HTMLElement {
    get form() { return formOf(this); }
    get value() { return stateOf(this).value ?? attributeOf(this, "value") ?? ""; }
    set value(v) { stateOf(this).value = v === null ? "" : toDOMString(v); }
  };
  Object.defineProperties(C.prototype, Object.getOwnPropertyDescriptors(members));
  Reflect.defineProperty(C, "name", { value: names[0], configurable: true });
  element(names[0], names.slice(1), { name: "text", disabled: "flag", required: "flag", placeholder: "text" }, C);
  return C;
}
control(["HTMLInputElement", "input"], {
  get type() { return (attributeOf(this, "type") ?? "text").toLowerCase(); },
  set type(v) { this.setAttribute("type", v); },
  get value() { return stateOf(this).value ?? attributeOf(this, "value") ?? (["checkbox", "radio"].includes(this.type) ? "on" : ""); },
  set value(v) { stateOf(this).value = v === null ? "" : toDOMString(v); },
  get defaultValue() { return attributeOf(this, "value") ?? ""; },
  set defaultValue(v) { this.setAttribute("value", v); },
  get checked() { return stateOf(this).checked ?? attributeOf(this, "checked") !== null; },
  set checked(v) { stateOf(this).checked = !!v; },
  get defaultChecked() { return attributeOf(this, "checked") !== null; },
  set defaultChecked(v) { this.toggleAttribute("checked", !!v); },
  // Nobody chooses files here.
  get files() { return this.type === "file" ? Object.assign([], { item: () => null }) : null; },
});
control(["HTMLTextAreaElement", "textarea"], {
  get type() { return "textarea"; },
  get value() { return stateOf(this).value ?? this.textContent; },
  set value(v) { stateOf(this).value = v === null ? "" : toDOMString(v); },
});
const HTMLButtonElement = control(["HTMLButtonElement", "button"], {
  get type() { return (attributeOf(this, "type") ?? "submit").toLowerCase(); },
  set type(v) { this.setAttribute("type", v); },
});
const HTMLSelectElement = control(["HTMLSelectElement", "select"], {
  get type() { return this.multiple ? "select-multiple" : "select-one"; },
  get multiple() { return attributeOf(this, "multiple") !== null; },
  set multiple(v) { this.toggleAttribute("multiple", !!v); },
  get options() { return this.querySelectorAll("option"); },
  get length() { return this.options.length; },
  get selectedOptions() {
    const all = [...this.options], chosen = all.filter((o) => o.selected);
    return chosen.length || this.multiple ? chosen : all.slice(0, 1);
  },
  get selectedIndex() { return [...this.options].indexOf(this.selectedOptions[0]); },
  set selectedIndex(i) { [...this.options].forEach((o, at) => o.selected = at === i); },
  get value() { return this.selectedOptions[0]?.value ?? ""; },
  set value(v) { [...this.options].forEach((o) => o.selected = o.value === String(v)); },
  add(option) { this.append(option); },
});
class HTMLOptionElement extends HTMLElement {
  get value() { return attributeOf(this, "value") ?? this.text; }
  set value(v) { this.setAttribute("value", v); }
  get text() { return this.textContent.trim(); }
  set text(v) { this.textContent = v; }
  get selected() { return stateOf(this).selected ?? attributeOf(this, "selected") !== null; }
  set selected(v) { stateOf(this).selected = !!v; }
}
element("HTMLOptionElement", ["option"], { disabled: "flag" }, HTMLOptionElement);
class HTMLFormElement extends HTMLElement {
  get elements() {
    const list = elementsBelow(this, (e) => ["input", "select", "textarea", "button"].includes(e.localName));
    for (const e of [...list]) for (const key of [e.id, e.name]) if (key && !(key in list)) Reflect.defineProperty(list, key, { value: e });
    return Object.assign(list, { item: (i) => list[i] ?? null, namedItem: (n) => list.find((e) => e.id === n || e.name === n) ?? null });
  }
  get length() { return this.elements.length; }
  get method() { return { post: "post", dialog: "dialog" }[attributeOf(this, "method")?.toLowerCase()] ?? "get"; }
  set method(v) { this.setAttribute("method", v); }
  get action() { return parseURL(attributeOf(this, "action") ?? "", place.url)?.href ?? place.url; }
  set action(v) { this.setAttribute("action", v); }
  submit() { noNavigation(); }
  requestSubmit() { if (fire(this, "submit", { bubbles: true, cancelable: true })) noNavigation(); }
  reset() {
    for (const e of this.elements) for (const key of ["value", "checked"]) delete stateOf(e)[key];
    fire(this, "reset", { bubbles: true, cancelable: true });
  }
  checkValidity() { return this.elements.every((e) => !e.required || e.value !== ""); }
  reportValidity() { return this.checkValidity(); }
}
element("HTMLFormElement", ["form"], { name: "text", target: "text", enctype: "text" }, HTMLFormElement);
// https://html.spec.whatwg.org/#constructing-the-form-data-set
hooks.formEntries = (form) => {
  if (!(form instanceof HTMLFormElement)) throw new TypeError("Failed to construct 'FormData': parameter 1 is not of type 'HTMLFormElement'.");
  const entries = [];
  for (const e of form.elements) {
    if (!e.name || e.disabled || e instanceof HTMLButtonElement || ["submit", "reset", "button", "image"].includes(e.type)) continue;
    if (e instanceof HTMLSelectElement) for (const o of e.selectedOptions) entries.push([e.name, o.value]);
    else if (["checkbox", "radio"].includes(e.type)) {
      if (e.checked) entries.push([e.name, e.value]);
    } else if (e.type === "file") entries.push([e.name, new File([], "", { type: "application/octet-stream" })]);
    else entries.push([e.name, e.value]);
  }
  return entries;
};
class DOMParser {
  parseFromString(text, type) {
    required(arguments, 2, "'parseFromString' on 'DOMParser'");
    const s = toDOMString(text), t = toEnum(type, ["text/html", "text/xml", "application/xml", "application/xhtml+xml", "image/svg+xml"], "DOMParserSupportedType");
    if (t === "text/html") return late("document").htmlDocument(s);
    return late("node").parseXML(s, t, place.url) ?? late("node").parseXML('<parsererror xmlns="http://www.mozilla.org/newlayout/xml/parsererror.xml">This text is no XML</parsererror>', t, place.url);
  }
}
finish(DOMParser, "DOMParser");
class XMLSerializer {
  serializeToString(node) { return late("node").serialize(node); }
}
finish(XMLSerializer, "XMLSerializer");
