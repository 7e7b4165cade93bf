// https://html.spec.whatwg.org/#message-channels
const { MessageEvent } = late("message_event");
const ports = new WeakMap();
let making = false;
class MessagePort extends EventTarget {
  constructor() {
    if (!making) throw new TypeError("Illegal constructor");
    super();
    ports.set(this, { other: null, started: false, queue: [] });
  }
  postMessage(message) {
    required(arguments, 1, "'postMessage' on 'MessagePort'");
    const { other } = ports.get(this), data = cloneValue(message, new Map());
    if (!other) return;
    ports.get(other).queue.push(data);
    deliver(other);
  }
  start() {
    ports.get(this).started = true;
    deliver(this);
  }
  close() {
    const p = ports.get(this);
    if (p.other) ports.get(p.other).other = null;
    p.other = null;
  }
}
// Each message is a task of its own.
function deliver(port) {
  if (!ports.get(port).started) return;
  const queued = ports.get(port).queue.splice(0);
  for (const data of queued) later(() => fire(port, "message", { data }, MessageEvent));
}
handlerAttributes(MessagePort.prototype, ["message", "messageerror"]);
// Whoever sets the handler starts the port. https://html.spec.whatwg.org/#handler-messageeventtarget-onmessage
const handler = Reflect.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
Reflect.defineProperty(MessagePort.prototype, "onmessage", { ...handler, set(v) {
  Reflect.apply(handler.set, this, [v]);
  this.start();
} });
finish(MessagePort, "MessagePort");
class MessageChannel {
  #ports;
  constructor() {
    making = true;
    try {
      this.#ports = [new MessagePort(), new MessagePort()];
    } finally {
      making = false;
    }
    const [a, b] = this.#ports;
    ports.get(a).other = b;
    ports.get(b).other = a;
  }
  get port1() { return this.#ports[0]; }
  get port2() { return this.#ports[1]; }
}
finish(MessageChannel, "MessageChannel");
// https://html.spec.whatwg.org/#dom-window-postmessage: the window is alone, and talks to itself.
if (!place.worker) {
  exposeFunction("postMessage", function postMessage(message, target = "/") {
    ofGlobal(this, "postMessage");
    required(arguments, 1, "'postMessage' on 'Window'");
    const wanted = toUSVString(isObject(target) ? target.targetOrigin ?? "/" : target), data = cloneValue(message, new Map());
    const u = wanted === "*" || wanted === "/" ? null : parseURL(wanted);
    if (u === null && wanted !== "*" && wanted !== "/") throw new DOMException(`Invalid target origin '${wanted}' in a call to 'postMessage'.`, "SyntaxError");
    if (u && u.origin !== place.origin) return;
    later(() => fire(globalThis, "message", { data, origin: place.origin, source: globalThis }, MessageEvent));
  });
}
