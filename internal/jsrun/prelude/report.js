// https://html.spec.whatwg.org/#report-an-exception and #unhandled-promise-rejections
let reporting = false;
// What a page throws may throw itself when it is looked at.
function unlessItThrows(f, otherwise) {
  try {
    return f();
  } catch {
    return otherwise;
  }
}
function shown(v, depth) {
  return unlessItThrows(() => inspect(v, depth), "[an object that throws when it is looked at]");
}
function describe(e) {
  return unlessItThrows(() => isError(e) || e instanceof DOMException ? errorLine(e) : inspect(e, 1), shown(e, 1));
}
function stackOf(e) {
  return isObject(e) ? unlessItThrows(() => visibleStack(e), "") : "";
}
function positionOf(e) {
  const m = /<eval>:(\d+):(\d+)/.exec(stackOf(e));
  return { filename: place.url, lineno: m ? Number(m[1]) : 0, colno: m ? Number(m[2]) : 0 };
}
function tellGo(kind, e) {
  const internal = unlessItThrows(() => isError(e) && e.name === "InternalError" ? String(e.message) : "", "");
  op("report", kind, describe(e), internal, stackOf(e));
}
function reportException(e) {
  if (!reporting) {
    reporting = true;
    try {
      const event = new ErrorEvent("error", { message: "Uncaught " + describe(e), ...positionOf(e), error: e, cancelable: true });
      if (!dispatch(globalThis, trusted(event))) return;
    } finally {
      reporting = false;
    }
  }
  tellGo("uncaught-exception", e);
}
// told are those of which the page has just been told: a handler that comes in the same step is in time.
const rejected = new Map(), outstanding = new WeakSet(), told = new Set();
hooks.rejection = (promise, reason, handled) => {
  if (!handled) rejected.set(promise, reason);
  else if (!rejected.delete(promise) && !told.delete(promise) && outstanding.delete(promise)) {
    later(() => dispatch(globalThis, trusted(new PromiseRejectionEvent("rejectionhandled", { promise, reason }))));
  }
};
hooks.notify = () => {
  const list = [...rejected];
  rejected.clear();
  for (const [promise, reason] of list) {
    const event = new PromiseRejectionEvent("unhandledrejection", { promise, reason, cancelable: true });
    if (dispatch(globalThis, trusted(event))) tellGo("unhandled-rejection", reason);
    told.add(promise);
  }
};
hooks.notified = () => {
  for (const promise of told) outstanding.add(promise);
  told.clear();
};
function tellValue(value) {
  if (value !== undefined) op("value", shown(value, typeof value === "string" ? 0 : 1));
}
// With awaited, a script whose value is a promise is asked for what comes of it: who writes fetch(url) wants to see the answer.
hooks.main = (promise, wrapped, awaited) => {
  Reflect.apply(promiseThen, promise, [
    (v) => {
      const value = wrapped ? v.value : undefined;
      if (place.wantValue) awaited && value instanceof Promise ? Reflect.apply(promiseThen, value, [tellValue]) : tellValue(value);
      op("settled");
    },
    (e) => {
      reportException(e);
      op("settled");
    },
  ]);
};
exposeFunction("reportError", function reportError(e) {
  ofGlobal(this, "reportError");
  required(arguments, 1, "'reportError'");
  reportException(e);
});
