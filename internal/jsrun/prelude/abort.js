// https://dom.spec.whatwg.org/#interface-abortcontroller
const abortStates = new WeakMap();
let makingSignal = false;
class AbortSignal extends EventTarget {
  constructor() {
    if (!makingSignal) throw new TypeError("Illegal constructor");
    super();
    abortStates.set(this, { aborted: false, reason: undefined, algorithms: new Set(), dependents: [], sources: [] });
  }
  static abort(reason = new DOMException("signal is aborted without reason", "AbortError")) {
    const s = newSignal();
    Object.assign(abortStates.get(s), { aborted: true, reason });
    return s;
  }
  static timeout(ms) {
    required(arguments, 1, "'timeout' on 'AbortSignal'");
    const s = newSignal(), wait = toEnforced(ms, 2 ** 53 - 1, "milliseconds");
    timingOut.add(s);
    startTimer(() => {
      timingOut.delete(s);
      signalAbort(s, new DOMException("signal timed out", "TimeoutError"));
    }, wait, false, true);
    return s;
  }
  static any(signals) {
    required(arguments, 1, "'any' on 'AbortSignal'");
    const list = toPair(signals, (s) => {
      if (!(s instanceof AbortSignal)) throw new TypeError("A member of the sequence is not an AbortSignal");
      return s;
    });
    return dependentSignal(list);
  }
  get aborted() { return abortStates.get(this).aborted; }
  get reason() { return abortStates.get(this).reason; }
  throwIfAborted() { if (this.aborted) throw this.reason; }
}
handlerAttributes(AbortSignal.prototype, ["abort"]);
finish(AbortSignal, "AbortSignal");
showGetters(AbortSignal, "aborted");
// Signals with a time-out still to come. They keep the page alive only where somebody listens: a fetch that they may abort does so
// by itself.
const timingOut = new Set();
hooks.observed = () => {
  for (const s of timingOut) if ([s, ...abortStates.get(s).dependents].some(hasListener)) return true;
  return false;
};
function newSignal() {
  makingSignal = true;
  try {
    return new AbortSignal();
  } finally {
    makingSignal = false;
  }
}
function dependentSignal(list) {
  const s = newSignal();
  const done = list.find((x) => x.aborted);
  if (done) {
    Object.assign(abortStates.get(s), { aborted: true, reason: done.reason });
    return s;
  }
  for (const x of list) {
    const from = abortStates.get(x);
    for (const y of from.sources.length ? from.sources : [x]) {
      abortStates.get(s).sources.push(y);
      abortStates.get(y).dependents.push(s);
    }
  }
  return s;
}
function signalAbort(s, reason = new DOMException("signal is aborted without reason", "AbortError")) {
  const state = abortStates.get(s);
  if (state.aborted) return;
  Object.assign(state, { aborted: true, reason });
  const dependents = state.dependents.filter((d) => !d.aborted);
  for (const d of dependents) Object.assign(abortStates.get(d), { aborted: true, reason });
  for (const x of [s, ...dependents]) {
    const algorithms = [...abortStates.get(x).algorithms];
    abortStates.get(x).algorithms.clear();
    for (const f of algorithms) f();
    fire(x, "abort");
  }
}
function addAbortAlgorithm(s, f) {
  const state = abortStates.get(s);
  if (!state.aborted) state.algorithms.add(f);
  return () => state.algorithms.delete(f);
}
class AbortController {
  #signal = newSignal();
  get signal() { return this.#signal; }
  abort(reason = undefined) { signalAbort(this.#signal, reason); }
}
finish(AbortController, "AbortController");
showGetters(AbortController, "signal");
