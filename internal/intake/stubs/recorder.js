// What a snippet meets in place of the network's callers: fetch and XMLHttpRequest that tell of each call before they make it, and
// the names that pages have and this page has not. MARK begins each line that is meant for Go.
const tell = ((log) => (what) => log(MARK + JSON.stringify(what)))(console.log.bind(console));
const text = (v) => { try { return String(v); } catch { return ""; } };
const pairs = (h) => {
  try {
    if (h === null || typeof h !== "object") return [];
    const list = typeof h[Symbol.iterator] === "function" ? [...h] : Object.entries(h);
    return list.map(([name, value]) => [text(name), text(value)]);
  } catch {
    return [];
  }
};
const resolved = (url) => { try { return new URL(text(url), location.href).href; } catch { return text(url); } };
let by = "fetch";
const asking = (name, call) => {
  const before = by;
  by = name;
  try {
    return call();
  } finally {
    by = before;
  }
};

const realFetch = globalThis.fetch, RealRequest = globalThis.Request;
const made = new WeakMap();
const note = (input, init) => {
  const inner = input !== null && typeof input === "object" ? made.get(input) ?? {} : {};
  const url = input instanceof RealRequest ? input.url : input;
  return { by, url: resolved(url), raw: inner.raw ?? text(url), method: text(init?.method ?? (input instanceof RealRequest ? input.method : "GET")),
    referrer: text(init?.referrer ?? inner.referrer ?? ""), headers: init?.headers ? pairs(init.headers) : inner.headers ?? [] };
};
globalThis.Request = new Proxy(RealRequest, {
  construct(target, args, self) {
    const r = Reflect.construct(target, args, self === globalThis.Request ? target : self);
    made.set(r, note(args[0], args[1]));
    return r;
  },
});
globalThis.fetch = function fetch(input, init) {
  tell({ request: note(input, init) });
  return arguments.length ? realFetch(input, init) : realFetch();
};
for (const [name, keep] of [["open", (x, a) => { x.request = { by: "XMLHttpRequest", method: text(a[0]), url: resolved(a[1]), raw: text(a[1]), referrer: "", headers: [] }; }],
  ["setRequestHeader", (x, a) => { x.request?.headers.push([text(a[0]), text(a[1])]); }], ["send", (x) => { tell(x); }]]) {
  const real = XMLHttpRequest.prototype[name];
  XMLHttpRequest.prototype[name] = function (...args) {
    if (!made.has(this)) made.set(this, {});
    keep(made.get(this), args);
    return Reflect.apply(real, this, args);
  };
}
navigator.sendBeacon ??= (url, data) => {
  fetch(url, { method: "POST", body: data, keepalive: true, credentials: "include" }).catch(() => {});
  return true;
};
const storage = () => ({ getItem: () => null, setItem() {}, removeItem() {}, clear() {}, key: () => null, length: 0 });
globalThis.localStorage ??= storage();
globalThis.sessionStorage ??= storage();
globalThis.alert ??= () => {};

// A name that is not in the snippet stands for itself. What it is called with is called, so that useEffect and addEventListener
// come to the request.
const placeholder = (name) => {
  const written = () => {
    tell({ placeholder: name });
    return name;
  };
  return new Proxy(function () {}, {
    get(_, key) {
      switch (key) {
        case Symbol.toPrimitive: case "toString": case "valueOf": case "toJSON": return written;
        case Symbol.iterator: return function* () { for (let i = 0; i < 16; i++) yield placeholder(name + "[" + i + "]"); };
        case "then": return undefined;
      }
      return typeof key === "symbol" ? undefined : placeholder(name + "." + key);
    },
    set: () => true,
    has: () => true,
    apply(_, self, args) {
      for (const a of args) {
        if (typeof a !== "function") continue;
        try {
          const r = a(placeholder("event"));
          if (r instanceof Promise) r.catch((e) => console.error(text(e)));
        } catch (e) {
          console.error(text(e));
        }
      }
      return placeholder(name + "()");
    },
    construct: () => placeholder("new " + name),
  });
};
const realElement = document.createElement.bind(document);
for (const name of ["getElementById", "querySelector", "createElement"]) {
  document[name] = (s) => name === "createElement" && ["img", "link", "script", "audio", "video"].includes(text(s).toLowerCase()) ? realElement(s) : placeholder(name + "(" + text(s) + ")");
}
globalThis.require = (name) => ({ axios: globalThis.axios, jquery: globalThis.$, "node-fetch": globalThis.fetch, "cross-fetch": globalThis.fetch })[name] ?? placeholder(text(name));
for (const name of MISSING) globalThis[name] = placeholder(name);
