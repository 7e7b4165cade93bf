// https://html.spec.whatwg.org/#structured-cloning
function cloneFault(v) {
  return new DOMException(`${typeof v === "function" ? v.name || "A function" : inspect(v, 1)} could not be cloned.`, "DataCloneError");
}
const cloneErrors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
function cloneValue(v, seen, transfer) {
  if (typeof v === "symbol" || typeof v === "function") throw cloneFault(v);
  if (typeof v !== "object" || v === null) return v;
  if (seen.has(v)) return seen.get(v);
  const keep = (c) => {
    seen.set(v, c);
    return c;
  };
  if (v instanceof Boolean || v instanceof Number || v instanceof String) return keep(Object(v.valueOf()));
  if (v instanceof Date) return keep(new Date(v.getTime()));
  if (v instanceof RegExp) return keep(new RegExp(v.source, v.flags));
  if (v instanceof ArrayBuffer && isArrayBuffer(v)) return keep(transfer.includes(v) && v.transfer ? v.transfer() : v.slice(0));
  if (ArrayBuffer.isView(v)) {
    const buffer = cloneValue(v.buffer, seen, transfer);
    const C = v instanceof DataView ? DataView : globalThis[typedArrayTag.call(v)];
    return keep(new C(buffer, v.byteOffset, v instanceof DataView ? v.byteLength : v.length));
  }
  if (v instanceof Map) {
    const out = keep(new Map());
    for (const [k, x] of [...v]) out.set(cloneValue(k, seen, transfer), cloneValue(x, seen, transfer));
    return out;
  }
  if (v instanceof Set) {
    const out = keep(new Set());
    for (const x of [...v]) out.add(cloneValue(x, seen, transfer));
    return out;
  }
  if (v instanceof DOMException) return keep(new DOMException(v.message, v.name));
  if (isError(v)) {
    const C = cloneErrors[String(v.name)] ?? Error, e = keep(new C());
    const put = (o, key, value) => Reflect.defineProperty(o, key, { value, writable: true, configurable: true });
    if (Object.hasOwn(v, "message") || v.message) put(e, "message", String(v.message));
    if (typeof v.stack === "string") put(e, "stack", v.stack);
    if (Object.hasOwn(v, "cause")) put(e, "cause", cloneValue(v.cause, seen, transfer));
    return e;
  }
  if (v instanceof File) return keep(new File([v], v.name, { type: v.type, lastModified: v.lastModified }));
  if (v instanceof Blob) return keep(makeBlob(blobBytes(v), v.type));
  const tag = Object.prototype.toString.call(v);
  if (v instanceof Promise || v instanceof WeakMap || v instanceof WeakSet || requestState(v) || responseState(v) || v instanceof EventTarget ||
    v instanceof Event || v instanceof Headers || v instanceof FormData || v instanceof URL || v instanceof URLSearchParams || streamOf(v) ||
    tag === "[object Generator]") throw cloneFault(v);
  const out = keep(Array.isArray(v) ? new Array(v.length) : {});
  for (const key of Object.keys(v)) {
    Reflect.defineProperty(out, key, { value: cloneValue(v[key], seen, transfer), writable: true, enumerable: true, configurable: true });
  }
  return out;
}
exposeFunction("structuredClone", function structuredClone(value, options) {
  required(arguments, 1, "'structuredClone'");
  const t = toDictionary(options, "StructuredSerializeOptions").transfer;
  return cloneValue(value, new Map(), t === undefined ? [] : toPair(t, (x) => x));
});
