// https://html.spec.whatwg.org/#the-eventsource-interface. Connecting, reading and connecting again is Go's.
const { MessageEvent } = late("message_event");
const sources = new Map();
const states = { CONNECTING: 0, OPEN: 1, CLOSED: 2 };
class EventSource extends EventTarget {
  #url;
  #credentials;
  #id;
  #state = states.CONNECTING;
  constructor(url, init = undefined) {
    required(arguments, 1, "the EventSource constructor");
    super();
    const text = toUSVString(url), u = parseURL(text, place.url);
    this.#credentials = !!toDictionary(init, "EventSourceInit").withCredentials;
    if (!u) throw new DOMException(`Failed to construct 'EventSource': Cannot open an EventSource to '${text}'. The URL is invalid.`, "SyntaxError");
    this.#url = u.href;
    this.#id = nextFetchID();
    sources.set(this.#id, (what, message) => this.#take(what, message));
    op("eventSource", this.#id, this.#url, this.#credentials);
  }
  get url() { return this.#url; }
  get withCredentials() { return this.#credentials; }
  get readyState() { return this.#state; }
  close() {
    if (this.#state === states.CLOSED) return;
    this.#state = states.CLOSED;
    sources.delete(this.#id);
    op("fetchAbort", this.#id);
  }
  #take(what, message) {
    switch (what) {
      case "message": {
        const d = JSON.parse(message);
        fire(this, d.type, d, MessageEvent);
        return;
      }
      case "open":
        this.#state = states.OPEN;
        fire(this, "open");
        return;
      case "error":
        this.#state = states.CONNECTING;
        break;
      case "closed":
        this.#state = states.CLOSED;
        sources.delete(this.#id);
    }
    fire(this, "error");
  }
}
hooks.eventSource = (id, what, message) => sources.get(id)?.(what, message);
handlerAttributes(EventSource.prototype, ["open", "message", "error"]);
finish(EventSource, "EventSource", states);
showGetters(EventSource, "url", "readyState", "withCredentials");
