// https://html.spec.whatwg.org/#structured-cloning
function cloneFault(v) {
  return new DOMException(`${typeof v === "function" ? v.name || "A function" : inspect(v, 1)} could not be cloned.`, "DataCloneError");
}
const cloneErrors = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
// What the engine's kinds of objects are cloned by. Any other kind is not cloned: proxies, promises, generators, functions' arguments.
const cloners = new Map();
function cloner(sample, clone) {
  cloners.set(kindOf(sample), clone);
}
for (const sample of [Object(true), Object(1), Object(""), Object(BigInt(1))]) {
  const valueOf = sample.valueOf;
  cloner(sample, (v) => Object(Reflect.apply(valueOf, v, [])));
}
cloner(new Date(), (v) => new Date(Date.prototype.getTime.call(v)));
cloner(/x/, (v) => new RegExp(v.source, v.flags));
cloner(new ArrayBuffer(0), (v) => v.slice(0));
for (const C of ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array",
  "Float16Array", "Float32Array", "Float64Array", "DataView"].map((name) => globalThis[name]).filter(Boolean)) {
  cloner(new C(new ArrayBuffer(8)), (v, one) => new C(one(v.buffer), v.byteOffset, C === DataView ? v.byteLength : v.length));
}
cloner(new Map(), (v, one, keep) => {
  const out = keep(new Map());
  for (const [k, x] of [...Map.prototype.entries.call(v)]) out.set(one(k), one(x));
  return out;
});
cloner(new Set(), (v, one, keep) => {
  const out = keep(new Set());
  for (const x of [...Set.prototype.values.call(v)]) out.add(one(x));
  return out;
});
cloner(new Error(), (v, one, keep) => {
  const C = Object.hasOwn(cloneErrors, String(v.name)) ? cloneErrors[v.name] : Error, e = keep(new C());
  const put = (key, value) => Reflect.defineProperty(e, key, { value, writable: true, configurable: true });
  if (Object.hasOwn(v, "message") || v.message) put("message", String(v.message));
  if (typeof v.stack === "string") put("stack", v.stack);
  if (Object.hasOwn(v, "cause")) put("cause", one(v.cause));
  return e;
});
cloner([], (v, one, keep) => cloneMembers(v, one, keep(new Array(v.length))));
cloner({}, (v, one, keep) => {
  if (v instanceof DOMException) return new DOMException(v.message, v.name);
  if (v instanceof File) return new File([v], v.name, { type: v.type, lastModified: v.lastModified });
  if (v instanceof Blob) return makeBlob(blobBytes(v), v.type);
  if (isPlatformObject(v)) throw cloneFault(v);
  return cloneMembers(v, one, keep({}));
});
function isPlatformObject(v) {
  for (let p = v; p !== null; p = Reflect.getPrototypeOf(p)) if (platformPrototypes.has(p)) return true;
  return false;
}
function cloneMembers(v, one, out) {
  for (const key of Object.keys(v)) {
    if (Object.hasOwn(v, key)) Reflect.defineProperty(out, key, { value: one(v[key]), writable: true, enumerable: true, configurable: true });
  }
  return out;
}
// seen holds the clones so far, and what is transferred.
function cloneValue(v, seen) {
  if (typeof v === "symbol" || typeof v === "function") throw cloneFault(v);
  if (typeof v !== "object" || v === null) return v;
  if (seen.has(v)) return seen.get(v);
  const clone = cloners.get(kindOf(v));
  if (!clone) throw cloneFault(v);
  const keep = (c) => {
    seen.set(v, c);
    return c;
  };
  return keep(clone(v, (x) => cloneValue(x, seen), keep));
}
// A transferred stream goes on in a new one; the old one stays behind locked. https://streams.spec.whatwg.org/#rs-transfer
function transferStream(stream) {
  const source = stream.getReader();
  return new ReadableStream({
    async pull(c) {
      const { value, done } = await source.read();
      if (done) c.close();
      else c.enqueue(cloneValue(value, new Map()));
    },
    cancel: (reason) => source.cancel(reason),
  }, { highWaterMark: 0 });
}
exposeFunction("structuredClone", function structuredClone(value, options = undefined) {
  ofGlobal(this, "structuredClone");
  required(arguments, 1, "'structuredClone'");
  const given = toDictionary(options, "StructuredSerializeOptions").transfer;
  const transfer = given === undefined ? [] : toPair(given, (x) => {
    if (!isObject(x)) throw new TypeError("A member of transfer is not an object");
    return x;
  });
  const seen = new Map();
  for (const x of transfer) {
    const stream = streamOf(x);
    const movable = stream ? stream.reader === null : isArrayBuffer(x) && !x.detached;
    if (!movable || transfer.indexOf(x) !== transfer.lastIndexOf(x)) {
      throw new DOMException("A value to transfer is there twice, or is gone or locked already, or cannot be transferred.", "DataCloneError");
    }
  }
  for (const x of transfer) if (streamOf(x)) seen.set(x, transferStream(x));
  const out = cloneValue(value, seen);
  for (const x of transfer) if (!streamOf(x)) x.transfer();
  return out;
});
