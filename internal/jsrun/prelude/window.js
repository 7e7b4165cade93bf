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
Reflect.defineProperty(globalThis, "location", { get: () => location, set: () => noNavigation(), enumerable: true, configurable: false });
getter("navigator", () => navigatorObject);
getter("crossOriginIsolated", () => false);
if (!place.worker) {
  for (const name of ["frames", "parent"]) replaceable(name, globalThis);
  const page = new Document();
  // [LegacyUnforgeable], as location.
  for (const [name, value] of [["window", globalThis], ["top", globalThis], ["document", page]]) {
    Reflect.defineProperty(globalThis, name, { get: () => value, set: undefined, enumerable: true, configurable: false });
  }
  getter("closed", () => false);
  pageStorage("localStorage");
  pageStorage("sessionStorage");
  hooks.load = () => documentLoaded(page);
  replaceable("length", 0);
  for (const key of ["name", "status"]) {
    let text = "";
    getter(key, () => text, (v) => text = toDOMString(v));
  }
  exposeFunction("opener", null);
  // Nobody sees a dialogue: its text goes where the console's errors go, and it is dismissed.
  // https://html.spec.whatwg.org/#simple-dialogs
  const dialogue = (name, answer) => {
    const show = { [name](message = "") {
      ofGlobal(this, name);
      consolePrint(2, [`${name}:`, toDOMString(message)]);
      return answer;
    } }[name];
    exposeFunction(name, show);
  };
  dialogue("alert", undefined);
  dialogue("confirm", false);
  dialogue("prompt", null);
  // Nothing is painted, 60 times a second. https://html.spec.whatwg.org/#animation-frames
  exposeFunction("requestAnimationFrame", function requestAnimationFrame(callback) {
    ofGlobal(this, "requestAnimationFrame");
    required(arguments, 1, "'requestAnimationFrame'");
    if (typeof callback !== "function") throw new TypeError("The callback is not a function");
    return startTimer(() => {
      outermost = false;
      callback(op("now"));
    }, 16, false);
  });
  // https://w3c.github.io/requestidlecallback/: a page that shows nothing is idle at once.
  exposeFunction("requestIdleCallback", function requestIdleCallback(callback) {
    ofGlobal(this, "requestIdleCallback");
    required(arguments, 1, "'requestIdleCallback'");
    if (typeof callback !== "function") throw new TypeError("The callback is not a function");
    const began = op("now");
    return startTimer(() => {
      outermost = false;
      callback({ didTimeout: false, timeRemaining: () => Math.max(0, 50 - (op("now") - began)) });
    }, 1, false);
  });
  exposeFunction("cancelIdleCallback", function cancelIdleCallback(handle) {
    ofGlobal(this, "cancelIdleCallback");
    required(arguments, 1, "'cancelIdleCallback'");
    clearAnyTimer(handle);
  });
  exposeFunction("cancelAnimationFrame", function cancelAnimationFrame(handle) {
    ofGlobal(this, "cancelAnimationFrame");
    required(arguments, 1, "'cancelAnimationFrame'");
    clearAnyTimer(handle);
  });
}
delete globalThis[Symbol.toStringTag];
const globalClass = place.worker ? "WorkerGlobalScope" : "Window";
const GlobalScope = { [globalClass]: function () { throw new TypeError("Illegal constructor"); } }[globalClass];
Reflect.setPrototypeOf(GlobalScope, EventTarget);
Reflect.setPrototypeOf(GlobalScope.prototype, EventTarget.prototype);
Reflect.defineProperty(GlobalScope.prototype, Symbol.toStringTag, { value: globalClass, configurable: true });
expose(globalClass, GlobalScope);
Reflect.setPrototypeOf(globalThis, GlobalScope.prototype);
