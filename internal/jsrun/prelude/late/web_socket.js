// A WebSocket that never connects: CORS does not apply to it, and libraries want the class to be there. https://websockets.spec.whatwg.org/
const { MessageEvent } = late("message_event");
class CloseEvent extends Event {
  #d;
  constructor(type, init = undefined) {
    super(type, init);
    const d = toDictionary(init, "CloseEventInit");
    this.#d = { wasClean: !!d.wasClean, code: toUnsignedShort(d.code ?? 0), reason: toUSVString(d.reason ?? "") };
  }
  get wasClean() { return this.#d.wasClean; }
  get code() { return this.#d.code; }
  get reason() { return this.#d.reason; }
}
finish(CloseEvent, "CloseEvent");
const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
class WebSocket extends EventTarget {
  #url;
  #state = states.CONNECTING;
  #type = "blob";
  constructor(url, protocols = []) {
    required(arguments, 1, "the WebSocket constructor");
    super();
    const text = toUSVString(url), u = parseURL(text, place.url);
    const scheme = u && { "http:": "ws:", "https:": "wss:", "ws:": "ws:", "wss:": "wss:" }[u.protocol];
    if (!scheme || u.hash !== "") throw new DOMException(`Failed to construct 'WebSocket': The URL '${text}' is invalid.`, "SyntaxError");
    this.#url = scheme + u.href.slice(u.protocol.length);
    consolePrint(2, [`corscope run makes no WebSocket connections: ${this.#url} fails`]);
    later(() => {
      this.#state = states.CLOSED;
      fire(this, "error");
      fire(this, "close", { code: 1006, wasClean: false }, CloseEvent);
    });
  }
  get url() { return this.#url; }
  get readyState() { return this.#state; }
  get bufferedAmount() { return 0; }
  get extensions() { return ""; }
  get protocol() { return ""; }
  get binaryType() { return this.#type; }
  set binaryType(v) { this.#type = toEnum(v, ["blob", "arraybuffer"], "BinaryType"); }
  send() {
    required(arguments, 1, "'send' on 'WebSocket'");
    if (this.#state === states.CONNECTING) throw new DOMException("Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.", "InvalidStateError");
  }
  close() { if (this.#state === states.CONNECTING) this.#state = states.CLOSING; }
}
handlerAttributes(WebSocket.prototype, ["open", "message", "error", "close"]);
finish(WebSocket, "WebSocket", states);
