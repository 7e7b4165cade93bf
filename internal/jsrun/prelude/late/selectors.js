// https://drafts.csswg.org/selectors-4/, without what needs a user or a layout.
const cache = new Map();
function parseSelectors(text) {
  let list = cache.get(text);
  if (!list) {
    list = new SelectorParser(text).all();
    if (cache.size > 1000) cache.clear();
    cache.set(text, list);
  }
  return list;
}
const plain = { "first-child": (e) => !e.previousElementSibling, "last-child": (e) => !e.nextElementSibling,
  "only-child": (e) => !e.previousElementSibling && !e.nextElementSibling, empty: (e) => ![...e.childNodes].some((n) => n.nodeType === 1 || n.nodeType === 3 && n.data),
  root: (e) => e.parentNode?.nodeType === 9, checked: (e) => e.checked === true || e.selected === true, disabled: (e) => e.disabled === true, enabled: (e) => e.disabled === false,
  required: (e) => e.hasAttribute("required"), optional: (e) => !e.hasAttribute("required"), link: (e) => e.localName === "a" && e.hasAttribute("href"),
  "any-link": (e) => e.localName === "a" && e.hasAttribute("href"),
  hover: () => false, focus: () => false, active: () => false, visited: () => false, target: () => false, "focus-within": () => false };
class SelectorParser {
  #s;
  #i = 0;
  constructor(text) { this.#s = text; }
  #fail() { throw new DOMException(`'${this.#s}' is not a valid selector.`, "SyntaxError"); }
  #spaces() { return this.#take(/[\t\n\f\r ]*/y)[0]; }
  #take(re) {
    re.lastIndex = this.#i;
    const m = re.exec(this.#s);
    if (m) this.#i = re.lastIndex;
    return m;
  }
  #name() {
    const m = this.#take(/(?:-?(?:[A-Za-z_\u0080-\uffff]|\\[^\n])|--)(?:[\w\-\u0080-\uffff]|\\[^\n])*/y);
    if (!m) this.#fail();
    return unescape(m[0]);
  }
  all() {
    const list = this.list();
    if (this.#i < this.#s.length) this.#fail();
    return list;
  }
  list(relative = false) {
    const list = [];
    do {
      this.#spaces();
      list.push(this.#complex(relative));
      this.#spaces();
    } while (this.#take(/,/y));
    return list;
  }
  // From the right to the left: each compound, with the combinator before it.
  #complex(relative) {
    const parts = [{ combinator: relative ? this.#take(/[>+~]/y)?.[0] ?? " " : "", tests: (this.#spaces(), this.#compound()) }];
    for (;;) {
      const space = this.#spaces() !== "", m = this.#take(/[>+~]/y);
      if (!m && (!space || this.#i >= this.#s.length || /[,)]/.test(this.#s[this.#i]))) break;
      this.#spaces();
      parts.push({ combinator: m ? m[0] : " ", tests: this.#compound() });
    }
    return parts.reverse();
  }
  #compound() {
    const tests = [];
    if (this.#take(/\*/y)) tests.push(() => true);
    else if (/[A-Za-z_\-\\\u0080-\uffff]/.test(this.#s[this.#i] ?? "")) {
      const name = this.#name(), lower = name.toLowerCase();
      tests.push((e) => e.localName === name || e.localName === lower && e.tagName !== e.localName);
    }
    for (;;) {
      if (this.#take(/#/y)) {
        const id = unescape((this.#take(/(?:[\w\-\u0080-\uffff]|\\[^\n])+/y) ?? this.#fail())[0]);
        tests.push((e) => e.id === id);
      } else if (this.#take(/\./y)) {
        const name = this.#name();
        tests.push((e) => e.classList.contains(name));
      } else if (this.#take(/\[/y)) tests.push(this.#attribute());
      else if (this.#take(/:(?!:)/y)) tests.push(this.#pseudo());
      else break;
    }
    if (!tests.length) this.#fail();
    return tests;
  }
  #attribute() {
    this.#spaces();
    const name = this.#name();
    this.#spaces();
    const operator = this.#take(/[~|^$*]?=/y)?.[0];
    let want, fold = false;
    if (operator) {
      this.#spaces();
      const quoted = this.#take(/"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)'/y);
      want = quoted ? unescape(quoted[1] ?? quoted[2]) : this.#name();
      this.#spaces();
      fold = this.#take(/[is]\b/iy)?.[0].toLowerCase() === "i";
    }
    this.#spaces();
    if (!this.#take(/\]/y)) this.#fail();
    if (!operator) return (e) => e.hasAttribute(name);
    if (fold) want = want.toLowerCase();
    return (e) => {
      let v = e.getAttribute(name);
      if (v === null) return false;
      if (fold) v = v.toLowerCase();
      switch (operator) {
        case "=": return v === want;
        case "~=": return want !== "" && v.split(/[\t\n\f\r ]+/).includes(want);
        case "|=": return v === want || v.startsWith(want + "-");
        case "^=": return want !== "" && v.startsWith(want);
        case "$=": return want !== "" && v.endsWith(want);
        default: return want !== "" && v.includes(want);
      }
    };
  }
  #pseudo() {
    const name = this.#name().toLowerCase();
    if (!this.#take(/\(/y)) {
      if (name === "scope") return (e, scope) => scope.nodeType === 9 ? e.parentNode === scope : e === scope;
      if (name.endsWith("-of-type") && !name.startsWith("nth")) {
        const first = name !== "last-of-type", last = name !== "first-of-type";
        if (!["first-of-type", "last-of-type", "only-of-type"].includes(name)) this.#fail();
        return (e) => (!first || ofType(e)[0] === e) && (!last || ofType(e).at(-1) === e);
      }
      return Object.hasOwn(plain, name) ? plain[name] : this.#fail();
    }
    let test;
    if (["not", "is", "where", "has"].includes(name)) {
      const list = this.list(name === "has");
      if (name === "has") test = (e) => [...e.querySelectorAll("*"), ...after(e)].some((x) => list.some((c) => matchesComplex(x, c, e)));
      else test = (e, scope) => matchesSelectors(e, list, scope) === (name !== "not");
    } else {
      const m = this.#take(/[\t\n\f\r ]*(?:(odd|even)|([+-]?\d*)n[\t\n\f\r ]*(?:([+-])[\t\n\f\r ]*(\d+))?|([+-]?\d+))[\t\n\f\r ]*/iy);
      const count = { "nth-child": (e) => [...(e.parentNode?.children ?? [e])], "nth-last-child": (e) => [...(e.parentNode?.children ?? [e])].reverse(), "nth-of-type": ofType,
        "nth-last-of-type": (e) => ofType(e).reverse() }[name];
      if (!m || !count) this.#fail();
      const [a, b] = m[1] ? [2, m[1].toLowerCase() === "odd" ? 1 : 0] : m[5] !== undefined ? [0, Number(m[5])] :
        [m[2] === "" || m[2] === "+" ? 1 : m[2] === "-" ? -1 : Number(m[2]), m[4] ? Number(m[3] + m[4]) : 0];
      test = (e) => {
        const n = count(e).indexOf(e) + 1 - b;
        return a === 0 ? n === 0 : n % a === 0 && n / a >= 0;
      };
    }
    this.#spaces();
    if (!this.#take(/\)/y)) this.#fail();
    return test;
  }
}
function unescape(s) {
  return s.replace(/\\(?:([0-9a-fA-F]{1,6})[\t\n\f\r ]?|([\s\S]))/g, (_, hex, c) => hex ? String.fromCodePoint(Math.min(parseInt16(hex), 0x10ffff)) : c);
}
const parseInt16 = (hex) => Number("0x" + hex);
const ofType = (e) => [...(e.parentNode?.children ?? [e])].filter((x) => x.localName === e.localName);
function after(e) {
  const found = [];
  for (let n = e.nextElementSibling; n; n = n.nextElementSibling) found.push(n);
  return found;
}
function matchesSelectors(e, list, scope) { return list.some((complex) => matchesComplex(e, complex, scope)); }
function matchesComplex(e, parts, scope, i = 0) {
  if (!parts[i].tests.every((test) => test(e, scope))) return false;
  const { combinator } = parts[i], rest = (x) => i + 1 === parts.length ? x === scope : matchesComplex(x, parts, scope, i + 1);
  switch (combinator) {
    case "": return true;
    case ">": return e.parentElement !== null && rest(e.parentElement);
    case "+": return e.previousElementSibling !== null && rest(e.previousElementSibling);
    case "~":
      for (let n = e.previousElementSibling; n; n = n.previousElementSibling) if (rest(n)) return true;
      return false;
    default:
      for (let n = e.parentElement; n; n = n.parentElement) if (rest(n)) return true;
      return false;
  }
}
