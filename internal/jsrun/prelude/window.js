// The global object. https://html.spec.whatwg.org/#the-window-object and #workerglobalscope
eventListeners.set(globalThis, []);
for (const key of ["addEventListener", "removeEventListener", "dispatchEvent"]) exposeFunction(key, EventTarget.prototype[key]);
handlerAttributes(globalThis, ["error", "unhandledrejection", "rejectionhandled", "online", "offline", "message",
  ...(place.worker ? [] : ["load", "beforeunload", "unload", "pagehide", "pageshow"])], globalThis);
function getter(name, get, set) {
  Reflect.defineProperty(globalThis, name, { get, set, enumerable: true, configurable: true });
}
// Replaceable attributes: assigning makes a plain property. https://webidl.spec.whatwg.org/#Replaceable
function replaceable(name, value) {
  getter(name, () => value, (v) => exposeFunction(name, v));
}
replaceable("self", globalThis);
replaceable("origin", place.origin);
getter("isSecureContext", () => place.secure);
getter("location", () => location, () => noNavigation());
getter("navigator", () => navigatorObject);
const navigatorObject = Object.create(Object.create(Object.prototype, { [Symbol.toStringTag]: { value: place.worker ? "WorkerNavigator" : "Navigator" } }), {
  userAgent: { get: () => place.userAgent, enumerable: true }, onLine: { get: () => true, enumerable: true },
  language: { get: () => "en-US", enumerable: true }, languages: { get: () => Object.freeze(["en-US", "en"]), enumerable: true },
  cookieEnabled: { get: () => true, enumerable: true }, platform: { get: () => "", enumerable: true },
});
if (!place.worker) {
  for (const name of ["window", "frames", "parent", "top"]) replaceable(name, globalThis);
  const page = new Document();
  getter("document", () => page);
  hooks.load = () => documentLoaded(page);
  replaceable("length", 0);
  exposeFunction("name", "");
  exposeFunction("opener", null);
}
delete globalThis[Symbol.toStringTag];
const globalClass = place.worker ? "WorkerGlobalScope" : "Window";
const GlobalScope = { [globalClass]: function () { throw new TypeError("Illegal constructor"); } }[globalClass];
Reflect.setPrototypeOf(GlobalScope, EventTarget);
Reflect.setPrototypeOf(GlobalScope.prototype, EventTarget.prototype);
Reflect.defineProperty(GlobalScope.prototype, Symbol.toStringTag, { value: globalClass, configurable: true });
expose(globalClass, GlobalScope);
Reflect.setPrototypeOf(globalThis, GlobalScope.prototype);
