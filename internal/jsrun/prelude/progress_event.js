// https://xhr.spec.whatwg.org/#interface-progressevent
class ProgressEvent extends Event {
  #d;
  constructor(type, init = undefined) {
    super(type, init);
    const d = toDictionary(init, "ProgressEventInit");
    this.#d = { lengthComputable: !!d.lengthComputable, loaded: Number(d.loaded ?? 0), total: Number(d.total ?? 0) };
  }
  get lengthComputable() { return this.#d.lengthComputable; }
  get loaded() { return this.#d.loaded; }
  get total() { return this.#d.total; }
}
finish(ProgressEvent, "ProgressEvent");
