// https://dom.spec.whatwg.org/#interface-eventtarget
const eventListeners = new WeakMap();
function listenersOf(target) {
  const list = eventListeners.get(target);
  if (!list) throw new TypeError("Illegal invocation");
  return list;
}
// Methods called without an object are the global object's.
function receiver(t) {
  return t === undefined || t === null ? globalThis : t;
}
class EventTarget {
  constructor() { eventListeners.set(this, []); }
  addEventListener(type, callback, options = undefined) {
    required(arguments, 2, "'addEventListener' on 'EventTarget'");
    const list = listenersOf(receiver(this));
    const name = toDOMString(type);
    if (callback !== null && callback !== undefined && !isObject(callback)) throw new TypeError("The callback is not an object");
    const o = isObject(options) ? options : { capture: options };
    const l = { type: name, callback, capture: !!o.capture, once: !!o.once, passive: !!o.passive, removed: false };
    const signal = o.signal;
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("The member signal is not an AbortSignal");
    if (signal?.aborted || callback === null || callback === undefined) return;
    if (list.some((x) => x.type === name && x.callback === callback && x.capture === l.capture)) return;
    list.push(l);
    if (signal) addAbortAlgorithm(signal, () => removeListener(list, l));
  }
  removeEventListener(type, callback, options = undefined) {
    required(arguments, 2, "'removeEventListener' on 'EventTarget'");
    const list = listenersOf(receiver(this));
    const name = toDOMString(type), capture = isObject(options) ? !!options.capture : !!options;
    const l = list.find((x) => x.type === name && x.callback === callback && x.capture === capture);
    if (l) removeListener(list, l);
  }
  dispatchEvent(event) {
    required(arguments, 1, "'dispatchEvent' on 'EventTarget'");
    listenersOf(receiver(this));
    if (!(event instanceof Event)) throw new TypeError("The argument is not of type 'Event'");
    if (event[eventState].dispatching) throw new DOMException("The event is already being dispatched", "InvalidStateError");
    if (event[eventState].unready) throw new DOMException("The event has no type yet", "InvalidStateError");
    event[eventState].trusted = false;
    return dispatch(receiver(this), event);
  }
}
finish(EventTarget, "EventTarget");
function removeListener(list, l) {
  l.removed = true;
  const i = list.indexOf(l);
  if (i >= 0) list.splice(i, 1);
}
function hasListener(target) {
  return eventListeners.get(target).length > 0;
}
// dispatch fires the event at a target and at what is above it, where there is a tree. False if it was cancelled.
// https://dom.spec.whatwg.org/#concept-event-dispatch
function dispatch(target, event) {
  const s = event[eventState], above = hooks.eventPath?.(target, event) ?? [];
  Object.assign(s, { target, path: [target, ...above], dispatching: true });
  for (let i = above.length - 1; i >= 0 && !s.stop; i--) invokeListeners(above[i], event, 1);
  if (!s.stop) invokeListeners(target, event, 2);
  if (event.bubbles) for (let i = 0; i < above.length && !s.stop; i++) invokeListeners(above[i], event, 3);
  Object.assign(s, { current: null, path: null, phase: 0, dispatching: false, stop: false, stopNow: false });
  return !s.canceled;
}
function invokeListeners(current, event, phase) {
  const s = event[eventState], top = outermost;
  s.current = current;
  s.phase = phase;
  const wanted = phase === 2 ? [...listenersOf(current)].sort((a, b) => b.capture - a.capture) : listenersOf(current).filter((l) => l.capture === (phase === 1));
  for (const l of wanted) {
    if (l.removed || l.type !== event.type) continue;
    if (l.once) removeListener(listenersOf(current), l);
    s.passive = l.passive;
    outermost = false;
    try {
      if (typeof l.callback === "function") Reflect.apply(l.callback, current, [event]);
      else {
        const handle = l.callback.handleEvent;
        if (typeof handle !== "function") throw new TypeError("The listener has no method handleEvent");
        Reflect.apply(handle, l.callback, [event]);
      }
    } catch (e) {
      reportException(e);
    }
    s.passive = false;
    if (top) op("microtasks");
    outermost = top;
    if (s.stopNow) break;
  }
}
function fire(target, type, init, C = Event) {
  return dispatch(target, trusted(new C(type, init)));
}
// A handler that is a text yet. https://html.spec.whatwg.org/#getting-the-current-value-of-the-event-handler
class UncompiledHandler {
  #compile;
  constructor(compile) { this.#compile = compile; }
  static of(h) {
    if (!(#compile in h.value)) return h.value;
    const value = h.value.#compile();
    if (value !== undefined) h.value = value;
    return value ?? null;
  }
}
function handlerOf(h) { return isObject(h?.value) ? UncompiledHandler.of(h) : null; }
const handlerNames = new Set();
// onNAME attributes. The handler keeps its place among the listeners when it is replaced, as the standard has it.
function handlerAttributes(object, names, owner) {
  const handlers = new WeakMap();
  for (const name of names) {
    handlerNames.add("on" + name);
    const at = (t) => {
      if (!eventListeners.has(t)) throw new TypeError("Illegal invocation");
      if (!handlers.has(t)) handlers.set(t, new Map());
      return handlers.get(t);
    };
    const accessors = {
      get ["on" + name]() { return handlerOf(at(owner ?? this).get(name)); },
      set ["on" + name](v) {
        const target = owner ?? this, mine = at(target);
        const old = mine.get(name);
        const value = isObject(v) ? v : null;
        if (value === null) {
          if (old) removeListener(listenersOf(target), old.listener);
          mine.delete(name);
          return;
        }
        if (old) {
          old.value = value;
          return;
        }
        const h = { value };
        h.listener = { type: name, capture: false, once: false, passive: false, removed: false, callback(event) {
          if (typeof handlerOf(h) !== "function") return;
          if (name === "error" && event instanceof ErrorEvent && target === globalThis) {
            if (Reflect.apply(h.value, target, [event.message, event.filename, event.lineno, event.colno, event.error]) === true) event.preventDefault();
            return;
          }
          if (Reflect.apply(h.value, target, [event]) === false) event.preventDefault();
        } };
        mine.set(name, h);
        listenersOf(target).push(h.listener);
      },
    };
    Reflect.defineProperty(object, "on" + name, { ...Reflect.getOwnPropertyDescriptor(accessors, "on" + name), enumerable: true });
  }
}
