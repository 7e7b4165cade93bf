// https://dom.spec.whatwg.org/#interface-event
const eventState = Symbol("event");
// [LegacyUnforgeable]: each event has it as a property of its own.
const isTrustedProperty = { get: Object.getOwnPropertyDescriptor({ get isTrusted() { return this[eventState].trusted; } }, "isTrusted").get, set: undefined,
  enumerable: true, configurable: false };
class Event {
  #type;
  #init;
  #time = op("now");
  constructor(type, init = undefined) {
    required(arguments, 1, "the Event constructor");
    this.#type = toDOMString(type);
    const d = toDictionary(init, "EventInit");
    this.#init = { bubbles: !!d.bubbles, cancelable: !!d.cancelable, composed: !!d.composed };
    Reflect.defineProperty(this, eventState, { value: {
      target: null, current: null, path: null, phase: 0, stop: false, stopNow: false, canceled: false, passive: false, dispatching: false, trusted: false, unready: false,
    } });
    Reflect.defineProperty(this, "isTrusted", isTrustedProperty);
  }
  get type() { return this.#type; }
  get target() { return this[eventState].target; }
  get srcElement() { return this[eventState].target; }
  get currentTarget() { return this[eventState].current; }
  get eventPhase() { return this[eventState].phase; }
  get bubbles() { return this.#init.bubbles; }
  get cancelable() { return this.#init.cancelable; }
  get composed() { return this.#init.composed; }
  get defaultPrevented() { return this[eventState].canceled; }
  get timeStamp() { return this.#time; }
  get returnValue() { return !this[eventState].canceled; }
  set returnValue(v) { if (!v) this.preventDefault(); }
  get cancelBubble() { return this[eventState].stop; }
  set cancelBubble(v) { if (v) this[eventState].stop = true; }
  composedPath() { return [...this[eventState].path ?? []]; }
  stopPropagation() { this[eventState].stop = true; }
  stopImmediatePropagation() { this[eventState].stop = this[eventState].stopNow = true; }
  preventDefault() {
    if (this.#init.cancelable && !this[eventState].passive) this[eventState].canceled = true;
  }
  initEvent(type, bubbles = false, cancelable = false) {
    required(arguments, 1, "'initEvent' on 'Event'");
    if (this[eventState].dispatching) return;
    this.#type = toDOMString(type);
    this.#init = { bubbles: !!bubbles, cancelable: !!cancelable, composed: false };
    Object.assign(this[eventState], { stop: false, stopNow: false, canceled: false, unready: false });
  }
}
// What document.createEvent() made has no type until it is given one. https://dom.spec.whatwg.org/#dom-document-createevent
function unready(event) {
  event[eventState].unready = true;
  return event;
}
finish(Event, "Event", { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 });
class CustomEvent extends Event {
  #detail;
  constructor(type, init = undefined) {
    super(type, init);
    this.#detail = toDictionary(init, "CustomEventInit").detail ?? null;
  }
  get detail() { return this.#detail; }
  initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
    required(arguments, 1, "'initCustomEvent' on 'CustomEvent'");
    if (this[eventState].dispatching) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}
finish(CustomEvent, "CustomEvent");
class ErrorEvent extends Event {
  #d;
  constructor(type, init = undefined) {
    super(type, init);
    const d = toDictionary(init, "ErrorEventInit");
    this.#d = { message: toDOMString(d.message ?? ""), filename: toUSVString(d.filename ?? ""), lineno: toUnsignedLong(d.lineno ?? 0),
      colno: toUnsignedLong(d.colno ?? 0), error: d.error };
  }
  get message() { return this.#d.message; }
  get filename() { return this.#d.filename; }
  get lineno() { return this.#d.lineno; }
  get colno() { return this.#d.colno; }
  get error() { return this.#d.error; }
}
finish(ErrorEvent, "ErrorEvent");
class PromiseRejectionEvent extends Event {
  #d;
  constructor(type, init = undefined) {
    required(arguments, 2, "the PromiseRejectionEvent constructor");
    super(type, init);
    const { promise, reason } = toDictionary(init, "PromiseRejectionEventInit");
    if (promise === undefined) throw new TypeError("Failed to construct 'PromiseRejectionEvent': required member promise is undefined");
    this.#d = { promise: resolvedPromise(promise), reason };
  }
  get promise() { return this.#d.promise; }
  get reason() { return this.#d.reason; }
}
finish(PromiseRejectionEvent, "PromiseRejectionEvent");
showGetters(Event, "isTrusted", "type", "target", "defaultPrevented");
function trusted(event) {
  event[eventState].trusted = true;
  return event;
}
