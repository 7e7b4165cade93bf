// What the prelude needs of the engine, taken before a script can change it, and the two doors to Go.
const op = globalThis.__corscopeOp;
const registerHook = globalThis.__corscopeHook;
// The engine's number for the kind of an object, which nothing in JavaScript tells for certain.
const kindOf = globalThis.__corscopeKind;
const plainToGo = globalThis.__corscopePlain;
// A part of the page that most scripts do not need, as a function. Taken by late.js.
const latePart = globalThis.__corscopeLate;
// Runs the text of a module script element.
const evalModule = globalThis.__corscopeModule;
delete globalThis.__corscopeOp;
delete globalThis.__corscopeHook;
delete globalThis.__corscopeKind;
delete globalThis.__corscopePlain;
delete globalThis.__corscopeLate;
delete globalThis.__corscopeModule;

const {
  Array, ArrayBuffer, BigInt, Boolean, DataView, Date, Error, EvalError, Function, JSON, Map, Math, Number, Object, Promise, Proxy, RangeError,
  ReferenceError, Reflect, RegExp, Set, String, Symbol, SyntaxError, TypeError, URIError, FinalizationRegistry, Uint8Array, Uint8ClampedArray, WeakMap, WeakSet,
} = globalThis;
const SharedArrayBuffer = globalThis.SharedArrayBuffer ?? class {};
const place = JSON.parse(op("place"));
const TypedArray = Reflect.getPrototypeOf(Uint8Array);
const typedArrayTag = Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get;
const IteratorPrototype = Reflect.getPrototypeOf(Reflect.getPrototypeOf([][Symbol.iterator]()));
const AsyncIteratorPrototype = Reflect.getPrototypeOf(Reflect.getPrototypeOf((async function* () {}).prototype));
const promiseThen = Promise.prototype.then;
const resolvedPromise = Promise.resolve.bind(Promise);
const fromBase64 = Uint8Array.fromBase64.bind(Uint8Array);
const toBase64 = Function.prototype.call.bind(Uint8Array.prototype.toBase64);
const functionText = Function.prototype.call.bind(Function.prototype.toString);
const isEnumerable = Function.prototype.call.bind(Object.prototype.propertyIsEnumerable);
const finalizationRegister = Function.prototype.call.bind(globalThis.FinalizationRegistry.prototype.register);
const hooks = { __proto__: null };
// True while no script of the page is on the stack: what calls one then lets the microtasks run behind it.
// https://html.spec.whatwg.org/#clean-up-after-running-script
let outermost = false;
registerHook((what, a, b, c) => {
  outermost = true;
  const v = hooks[what](a, b, c);
  outermost = false;
  return v;
}, (id, answer, inHand) => {
  outermost = true;
  fetched(id, answer, inHand);
  outermost = false;
});

// The bytes of an ArrayBuffer or a view on one, not copied.
function bytesOf(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return new Uint8Array(source);
}
function isArrayBuffer(v) {
  try {
    Reflect.get(ArrayBuffer.prototype, "byteLength", v);
    return true;
  } catch {
    return false;
  }
}
function isBufferSource(v) {
  return typeof v === "object" && v !== null && (ArrayBuffer.isView(v) || isArrayBuffer(v));
}
function concatBytes(chunks) {
  let n = 0;
  for (const c of chunks) n += c.byteLength;
  const all = new Uint8Array(n);
  n = 0;
  for (const c of chunks) {
    all.set(c, n);
    n += c.byteLength;
  }
  return all;
}
// The promise is marked as handled: whoever else looks at it decides.
function handled(promise) {
  Reflect.apply(promiseThen, promise, [undefined, () => {}]);
  return promise;
}
