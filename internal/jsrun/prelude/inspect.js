// How the console writes a value: short ones in one line, deep ones cut off.
const inspectDepth = 4, inspectItems = 100, inspectWidth = 76;
const plainKey = /^[A-Za-z_$][\w$]*$/;

function quoteString(s) {
  const q = !s.includes("'") ? "'" : !s.includes('"') ? '"' : !s.includes("`") ? "`" : "'";
  return q + s.replace(/[\\\x00-\x1f\x7f]/g, (c) =>
    ({ "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v", "\\": "\\\\" })[c] ??
      "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0")).replaceAll(q === "'" && s.includes("'") ? "'" : "\0", "\\'") + q;
}
function isError(v) {
  return v instanceof Error || typeof v === "object" && v !== null && Object.prototype.toString.call(v) === "[object Error]";
}
function errorLine(e) {
  try {
    const name = e.name === undefined ? "Error" : String(e.name), message = e.message === undefined ? "" : String(e.message);
    return !message ? name : !name ? message : `${name}: ${message}`;
  } catch {
    return "Error";
  }
}
// The prelude's frames have no place, and the engine's are native.
function visibleStack(e) {
  try {
    return String(e.stack ?? "").split("\n").filter((l) => l.trim() && (!l.startsWith("    at ") || /:\d+\)?$/.test(l))).join("\n");
  } catch {
    return "";
  }
}
function className(v) {
  try {
    for (let p = v; p; p = Reflect.getPrototypeOf(p)) {
      const d = Reflect.getOwnPropertyDescriptor(p, "constructor");
      if (d && typeof d.value === "function" && d.value.name) return d.value.name;
    }
  } catch { /* a proxy that throws has no name */ }
  return null;
}
// The getters of the platform's own classes, which have no properties of their own to show.
const shownGetters = new Map();
function showGetters(C, ...names) {
  shownGetters.set(C, names);
}
function inspect(v, depth = 0, seen = []) {
  switch (typeof v) {
    case "string": return depth ? quoteString(v) : v;
    case "symbol": return v.toString();
    case "bigint": return `${v}n`;
    case "number": return Object.is(v, -0) ? "-0" : String(v);
    case "undefined": case "boolean": return String(v);
  }
  if (v === null) return "null";
  if (seen.includes(v)) return "[Circular]";
  try {
    return inspectObject(v, depth, [...seen, v]);
  } catch {
    return "[object]";
  }
}
function inspectObject(v, depth, seen) {
  if (typeof v === "function") {
    const c = /^class\b/.test(Function.prototype.toString.call(v));
    return c ? `[class ${v.name || "(anonymous)"}]` : `[Function: ${v.name || "(anonymous)"}]`.replace(": (anonymous)", " (anonymous)");
  }
  if (isError(v)) {
    const stack = visibleStack(v);
    return depth > 0 ? `[${errorLine(v)}]` : errorLine(v) + (stack ? "\n" + stack : "");
  }
  const name = className(v);
  if (v instanceof Date) return Number.isNaN(v.getTime()) ? "Invalid Date" : v.toISOString();
  if (v instanceof RegExp) return String(v);
  if (v instanceof Boolean || v instanceof Number || v instanceof String) return `[${name}: ${inspect(v.valueOf(), 1)}]`;
  if (v instanceof Promise) return "Promise {}";
  if (depth > inspectDepth) return Array.isArray(v) ? "[Array]" : `[${name ?? "Object"}]`;
  const one = (x) => inspect(x, depth + 1, seen);
  const member = (k) => {
    const d = Reflect.getOwnPropertyDescriptor(v, k);
    const key = typeof k === "symbol" ? `[${k.toString()}]` : plainKey.test(k) ? k : quoteString(k);
    return `${key}: ${!d ? "undefined" : "value" in d ? one(d.value) : d.get ? d.set ? "[Getter/Setter]" : "[Getter]" : "[Setter]"}`;
  };
  const keys = Reflect.ownKeys(v).filter((k) => Reflect.getOwnPropertyDescriptor(v, k)?.enumerable);
  let prefix = name === null ? "[Object: null prototype] " : name === "Object" ? "" : name + " ";
  let items, open = "{", close = "}";
  if (Array.isArray(v) || ArrayBuffer.isView(v) && !(v instanceof DataView)) {
    prefix = Array.isArray(v) && name === "Array" ? "" : `${name}(${v.length}) `;
    [open, close] = "[]";
    items = [];
    for (let i = 0; i < Math.min(v.length, inspectItems); i++) items.push(i in v ? one(v[i]) : "<empty>");
    if (v.length > inspectItems) items.push(`... ${v.length - inspectItems} more`);
    items.push(...keys.filter((k) => typeof k === "symbol" || !/^\d+$/.test(k)).map(member));
  } else if (v instanceof Map) {
    prefix = `${name}(${v.size}) `;
    items = [...v].slice(0, inspectItems).map(([k, x]) => `${one(k)} => ${one(x)}`);
  } else if (v instanceof Set) {
    prefix = `${name}(${v.size}) `;
    items = [...v].slice(0, inspectItems).map(one);
  } else if (isArrayBuffer(v)) {
    items = [`byteLength: ${v.byteLength}`];
  } else {
    let own = keys, shown = [];
    // The last that fits: a class that extends another is entered behind it.
    for (const [C, names] of shownGetters) {
      if (v instanceof C) {
        shown = names.map((k) => `${k}: ${one(v[k])}`);
        // What every object of the class has of its own is shown by its names, or not at all.
        own = keys.filter((k) => Reflect.getOwnPropertyDescriptor(v, k).configurable);
      }
    }
    items = [...shown, ...own.slice(0, inspectItems).map(member)];
    if (own.length > inspectItems) items.push(`... ${own.length - inspectItems} more`);
    if (v instanceof Headers || v instanceof FormData || v instanceof URLSearchParams) {
      items.unshift(...[...v].map(([k, x]) => `${quoteString(k)}: ${one(x)}`));
    }
  }
  if (!items.length) return `${prefix}${open}${close}`;
  const flat = items.join(", ");
  if (prefix.length + flat.length + 2 * depth <= inspectWidth && !flat.includes("\n")) {
    return `${prefix}${open}${open === "[" ? "" : " "}${flat}${open === "[" ? "" : " "}${close}`;
  }
  const pad = "  ".repeat(depth + 1);
  return `${prefix}${open}\n${items.map((x) => pad + x).join(",\n")}\n${"  ".repeat(depth)}${close}`;
}
