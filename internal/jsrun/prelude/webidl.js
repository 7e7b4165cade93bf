// Web IDL's conversions. https://webidl.spec.whatwg.org/#js-type-mapping
function toDOMString(v) {
  if (typeof v === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
  return String(v);
}
function toUSVString(v) {
  return toDOMString(v).toWellFormed();
}
function toByteString(v) {
  const s = toDOMString(v);
  if (/[^\x00-\xff]/.test(s)) throw new TypeError("Cannot convert to a ByteString: a character is greater than 255");
  return s;
}
function toEnum(v, values, name) {
  const s = toDOMString(v);
  if (!values.includes(s)) throw new TypeError(`The provided value '${s}' is not a valid enum value of type ${name}`);
  return s;
}
function toDictionary(v, name) {
  if (v === undefined || v === null) return {};
  if (typeof v !== "object" && typeof v !== "function") throw new TypeError(`The provided value is not of type '${name}'`);
  return v;
}
function isObject(v) {
  return typeof v === "object" && v !== null || typeof v === "function";
}
function toInteger(v, bits, signed) {
  let x = Number(v);
  if (!Number.isFinite(x)) return 0;
  x = Math.trunc(x) % 2 ** bits;
  if (x < 0) x += 2 ** bits;
  return signed && x >= 2 ** (bits - 1) ? x - 2 ** bits : x + 0;
}
function toLong(v) { return toInteger(v, 32, true); }
function toUnsignedLong(v) { return toInteger(v, 32, false); }
function toUnsignedShort(v) { return toInteger(v, 16, false); }
function toEnforced(v, max, name) {
  const x = Number(v);
  if (!Number.isFinite(x) || Math.trunc(x) < 0 || Math.trunc(x) > max) throw new TypeError(`The value of ${name} is outside its range`);
  return Math.trunc(x) + 0;
}
function toClampedLongLong(v) {
  const x = Number(v);
  if (Number.isNaN(x)) return 0;
  const c = Math.min(Math.max(x, -(2 ** 53 - 1)), 2 ** 53 - 1);
  const f = Math.floor(c), d = c - f;
  return (d < 0.5 || d === 0.5 && f % 2 === 0 ? f : f + 1) + 0;
}
function required(args, n, what) {
  if (args.length < n) throw new TypeError(`Failed to execute ${what}: ${n} argument${n > 1 ? "s" : ""} required, but only ${args.length} present`);
}
// Functions of the global object want it, or nothing, for their this.
function ofGlobal(t, name) {
  if (t !== undefined && t !== null && t !== globalThis) throw new TypeError(`Failed to execute '${name}': Illegal invocation`);
}
function iterableMethod(v) {
  const m = v[Symbol.iterator];
  if (m === undefined || m === null) return undefined;
  if (typeof m !== "function") throw new TypeError("The object is not iterable");
  return m;
}
function toSequence(v, method, convert) {
  const it = Reflect.apply(method, v, []);
  if (!isObject(it)) throw new TypeError("The iterator is not an object");
  const next = it.next, out = [];
  for (;;) {
    const step = Reflect.apply(next, it, []);
    if (!isObject(step)) throw new TypeError("The iterator's result is not an object");
    if (step.done) return out;
    out.push(convert(step.value));
  }
}
function toPair(v, convert) {
  if (!isObject(v)) throw new TypeError("The value cannot be converted to a sequence");
  const method = iterableMethod(v);
  if (!method) throw new TypeError("The object must have a callable @@iterator property");
  return toSequence(v, method, convert);
}
function toRecord(v, convert) {
  const out = new Map();
  for (const key of Reflect.ownKeys(v)) {
    if (!isEnumerable(v, key)) continue;
    const k = convert(key);
    out.set(k, convert(v[key]));
  }
  return [...out];
}
// The prototypes of the page's own classes.
const platformPrototypes = new WeakSet();
// A class's members become enumerable, as interface members are, and its tag is set.
function finish(C, name, constants) {
  platformPrototypes.add(C.prototype);
  for (const target of [C.prototype, C]) {
    for (const key of Reflect.ownKeys(target)) {
      if (typeof key === "symbol" || key === "constructor" || target === C && ["length", "name", "prototype"].includes(key)) continue;
      const d = Reflect.getOwnPropertyDescriptor(target, key);
      d.enumerable = true;
      Reflect.defineProperty(target, key, d);
    }
    for (const [key, value] of Object.entries(constants ?? {})) {
      Reflect.defineProperty(target, key, { value, enumerable: true });
    }
  }
  Reflect.defineProperty(C.prototype, Symbol.toStringTag, { value: name, configurable: true });
  expose(name, C);
}
function expose(name, value) {
  Reflect.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}
function exposeFunction(name, f) {
  Reflect.defineProperty(globalThis, name, { value: f, writable: true, enumerable: true, configurable: true });
}
// The default iterator objects of pair iterables: they see changes made meanwhile.
function pairIterable(C, name, pairs) {
  const states = new WeakMap();
  const proto = Object.create(IteratorPrototype, {
    next: {
      writable: true, enumerable: true, configurable: true,
      value: { next() {
        const s = states.get(this);
        if (!s) throw new TypeError(`next() called on an object that is not a ${name} Iterator`);
        const list = pairs(s.target);
        if (s.index >= list.length) return { value: undefined, done: true };
        const p = list[s.index++];
        return { value: s.kind === "key" ? p[0] : s.kind === "value" ? p[1] : [p[0], p[1]], done: false };
      } }.next,
    },
    [Symbol.toStringTag]: { value: `${name} Iterator`, configurable: true },
  });
  const make = (target, kind) => {
    pairs(target);
    const it = Object.create(proto);
    states.set(it, { target, kind, index: 0 });
    return it;
  };
  const methods = {
    entries() { return make(this, "entry"); },
    keys() { return make(this, "key"); },
    values() { return make(this, "value"); },
    forEach(callback) {
      required(arguments, 1, `'forEach' on '${name}'`);
      pairs(this);
      if (typeof callback !== "function") throw new TypeError("The callback is not a function");
      const thisArg = arguments[1];
      for (let i = 0, list; (list = pairs(this)), i < list.length; i++) Reflect.apply(callback, thisArg, [list[i][1], list[i][0], this]);
    },
  };
  for (const key of Object.keys(methods)) {
    Reflect.defineProperty(C.prototype, key, { value: methods[key], writable: true, enumerable: true, configurable: true });
  }
  Reflect.defineProperty(C.prototype, Symbol.iterator, { value: methods.entries, writable: true, enumerable: false, configurable: true });
}
