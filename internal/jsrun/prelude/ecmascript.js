// What browsers have of ECMAScript, and the engine has not.
// https://tc39.es/ecma262/#sec-array.fromasync
Reflect.defineProperty(Array, "fromAsync", { value: { async fromAsync(items, map = undefined, thisArg = undefined) {
  if (map !== undefined && typeof map !== "function") throw new TypeError("The second argument is not a function");
  const made = typeof this === "function" && this !== Array ? new this() : [];
  const iterable = items?.[Symbol.asyncIterator] !== undefined || items?.[Symbol.iterator] !== undefined;
  const list = iterable || items === null || items === undefined ? items : Array.from(items);
  let n = 0;
  for await (const item of list) {
    const value = map ? await Reflect.apply(map, thisArg, [item, n]) : item;
    Object.defineProperty(made, n++, { value, writable: true, enumerable: true, configurable: true });
  }
  made.length = n;
  return made;
} }.fromAsync, writable: true, enumerable: false, configurable: true });
// All three browsers have it, and what is written for Node calls it without a look.
Reflect.defineProperty(Error, "captureStackTrace", { value: { captureStackTrace(object) {
  if (!isObject(object)) throw new TypeError("Error.captureStackTrace: the first argument is not an object");
  Object.defineProperty(object, "stack", { value: visibleStack(new Error()), writable: true, enumerable: false, configurable: true });
} }.captureStackTrace, writable: true, enumerable: false, configurable: true });
