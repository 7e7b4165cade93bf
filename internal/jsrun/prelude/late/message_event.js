// https://html.spec.whatwg.org/#the-messageevent-interface
class MessageEvent extends Event {
  #d;
  constructor(type, init = undefined) {
    super(type, init);
    const d = toDictionary(init, "MessageEventInit");
    this.#d = { data: d.data === undefined ? null : d.data, origin: toUSVString(d.origin ?? ""), lastEventId: toDOMString(d.lastEventId ?? ""),
      source: d.source ?? null, ports: Object.freeze([...(d.ports ?? [])]) };
  }
  get data() { return this.#d.data; }
  get origin() { return this.#d.origin; }
  get lastEventId() { return this.#d.lastEventId; }
  get source() { return this.#d.source; }
  get ports() { return this.#d.ports; }
}
finish(MessageEvent, "MessageEvent");
showGetters(MessageEvent, "type", "data", "origin", "lastEventId");
