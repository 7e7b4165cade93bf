// https://w3c.github.io/FileAPI/
let blobBytes, makeBlob;
class Blob {
  #bytes;
  #type = "";
  static {
    blobBytes = (b) => b.#bytes;
    makeBlob = (bytes, type) => {
      const b = new Blob();
      b.#bytes = bytes;
      b.#type = type;
      return b;
    };
  }
  constructor(parts = undefined, options = undefined) {
    const chunks = [];
    if (parts !== undefined) {
      const method = isObject(parts) ? iterableMethod(parts) : undefined;
      if (!method) throw new TypeError("The blob parts are not a sequence");
      for (const p of toSequence(parts, method, (v) => isBufferSource(v) || v instanceof Blob ? v : toUSVString(v))) {
        chunks.push(p instanceof Blob ? p.#bytes : isObject(p) ? bytesOf(p).slice() : p);
      }
    }
    const d = toDictionary(options, "BlobPropertyBag");
    const endings = d.endings === undefined ? "transparent" : toEnum(d.endings, ["transparent", "native"], "EndingType");
    const type = d.type === undefined ? "" : toDOMString(d.type);
    this.#bytes = concatBytes(chunks.map((c) => typeof c === "string" ? utf8Encode(endings === "native" ? c.replace(/\r\n?/g, "\n") : c) : c));
    if (/^[\x20-\x7e]*$/.test(type)) this.#type = type.toLowerCase();
  }
  get size() { return this.#bytes.length; }
  get type() { return this.#type; }
  slice(start = 0, end = this.#bytes.length, type = "") {
    const n = this.#bytes.length;
    const at = (v) => {
      const x = toClampedLongLong(v);
      return x < 0 ? Math.max(n + x, 0) : Math.min(x, n);
    };
    const from = at(start), t = toDOMString(type);
    return makeBlob(this.#bytes.slice(from, Math.max(from, at(end))), /^[\x20-\x7e]*$/.test(t) ? t.toLowerCase() : "");
  }
  stream() {
    const bytes = this.#bytes;
    let at = 0;
    const stream = new ReadableStream({ type: "bytes", pull(c) {
      if (at < bytes.length) c.enqueue(bytes.slice(at, at += 65536));
      if (at >= bytes.length) endBytes(streamOf(stream));
    } }, { highWaterMark: 0 });
    return stream;
  }
  async text() { return utf8Decode(this.#bytes); }
  async arrayBuffer() { return this.#bytes.slice().buffer; }
  async bytes() { return this.#bytes.slice(); }
}
finish(Blob, "Blob");
showGetters(Blob, "size", "type");
class File extends Blob {
  #name;
  #modified;
  constructor(parts, name, options = undefined) {
    required(arguments, 2, "the File constructor");
    super(parts, options);
    this.#name = toUSVString(name);
    const m = toDictionary(options, "FilePropertyBag").lastModified;
    this.#modified = m === undefined ? Date.now() : Math.trunc(Number(m)) || 0;
  }
  get name() { return this.#name; }
  get lastModified() { return this.#modified; }
  get webkitRelativePath() { return ""; }
}
finish(File, "File");
shownGetters.delete(Blob);
showGetters(File, "name", "size", "type");
showGetters(Blob, "size", "type");
