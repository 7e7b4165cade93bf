// https://html.spec.whatwg.org/#timers
const timerCallbacks = new Map();
let timerSerial = 0, timerNesting = 0;
// A weak timer does not keep the page alive.
function startTimer(f, ms, repeat, weak = false) {
  const id = ++timerSerial;
  const nesting = timerNesting + 1;
  if (nesting > 5 && ms < 4) ms = 4;
  timerCallbacks.set(id, { f, nesting });
  op("timer", id, ms, repeat, weak);
  return id;
}
function later(f) {
  startTimer(f, 0, false);
}
hooks.timer = (id, last) => {
  const t = timerCallbacks.get(id);
  if (!t) return;
  if (last) timerCallbacks.delete(id);
  timerNesting = t.nesting;
  try {
    t.f();
  } catch (e) {
    reportException(e);
  } finally {
    timerNesting = 0;
  }
};
const indirectEval = globalThis.eval;
function setAnyTimer(handler, timeout, args, repeat) {
  const script = typeof handler === "function" ? () => Reflect.apply(handler, globalThis, args) : ((s) => () => indirectEval(s))(toDOMString(handler));
  const run = () => {
    outermost = false;
    script();
  };
  return startTimer(run, Math.max(0, toLong(timeout)), repeat);
}
function clearAnyTimer(id) {
  const n = toLong(id);
  if (timerCallbacks.delete(n)) op("clearTimer", n);
}
exposeFunction("setTimeout", function setTimeout(handler, timeout = 0, ...args) {
  ofGlobal(this, "setTimeout");
  required(arguments, 1, "'setTimeout'");
  return setAnyTimer(handler, timeout, args, false);
});
exposeFunction("setInterval", function setInterval(handler, timeout = 0, ...args) {
  ofGlobal(this, "setInterval");
  required(arguments, 1, "'setInterval'");
  return setAnyTimer(handler, timeout, args, true);
});
exposeFunction("clearTimeout", function clearTimeout(id = 0) {
  ofGlobal(this, "clearTimeout");
  clearAnyTimer(id);
});
exposeFunction("clearInterval", function clearInterval(id = 0) {
  ofGlobal(this, "clearInterval");
  clearAnyTimer(id);
});
const resolved = Promise.resolve();
function queueMicrotask(callback) {
  ofGlobal(this, "queueMicrotask");
  required(arguments, 1, "'queueMicrotask'");
  if (typeof callback !== "function") throw new TypeError("The callback is not a function");
  Reflect.apply(promiseThen, resolved, [() => {
    try {
      callback();
    } catch (e) {
      reportException(e);
    }
  }]);
}
exposeFunction("queueMicrotask", queueMicrotask);
