// https://w3c.github.io/FileAPI/#APIASynch. All of a blob is there at once, so that a read is one task.
class FileReader extends EventTarget {
  #state = 0;
  #result = null;
  #error = null;
  #turn = 0;
  constructor() { super(); }
  get readyState() { return this.#state; }
  get result() { return this.#result; }
  get error() { return this.#error; }
  #read(blob, convert) {
    if (!(blob instanceof Blob)) throw new TypeError("The argument is not a Blob");
    if (this.#state === 1) throw new DOMException("The object is already busy reading Blobs.", "InvalidStateError");
    this.#state = 1;
    this.#result = this.#error = null;
    const turn = ++this.#turn, bytes = blobBytes(blob);
    const tell = (type) => fireProgress(this, type, type === "loadstart" ? 0 : bytes.length, bytes.length);
    later(() => {
      if (this.#turn !== turn) return;
      tell("loadstart");
      if (this.#turn !== turn || this.#state !== 1) return;
      if (bytes.length) tell("progress");
      later(() => {
        if (this.#turn !== turn) return;
        this.#state = 2;
        this.#result = convert(bytes, blob.type);
        tell("load");
        if (this.#turn === turn) tell("loadend");
      });
    });
  }
  readAsArrayBuffer(blob) {
    required(arguments, 1, "'readAsArrayBuffer' on 'FileReader'");
    this.#read(blob, (b) => b.slice().buffer);
  }
  readAsBinaryString(blob) {
    required(arguments, 1, "'readAsBinaryString' on 'FileReader'");
    this.#read(blob, latin1);
  }
  readAsText(blob, encoding = undefined) {
    required(arguments, 1, "'readAsText' on 'FileReader'");
    const given = encoding === undefined ? null : op("encodingName", toDOMString(encoding));
    this.#read(blob, (b, type) => {
      const charset = parseMIMEType(type)?.parameters.get("charset");
      return decodeBytes(given ?? (charset === undefined ? null : op("encodingName", charset)) ?? "utf-8", b);
    });
  }
  readAsDataURL(blob) {
    required(arguments, 1, "'readAsDataURL' on 'FileReader'");
    this.#read(blob, (b, type) => `data:${type || "application/octet-stream"};base64,${toBase64(b)}`);
  }
  abort() {
    if (this.#state !== 1) {
      this.#result = null;
      return;
    }
    this.#turn++;
    this.#state = 2;
    this.#result = null;
    this.#error = new DOMException("The read was aborted", "AbortError");
    fireProgress(this, "abort", 0, 0);
    if (this.#state !== 1) fireProgress(this, "loadend", 0, 0);
  }
}
handlerAttributes(FileReader.prototype, ["loadstart", "progress", "load", "abort", "error", "loadend"]);
finish(FileReader, "FileReader", { EMPTY: 0, LOADING: 1, DONE: 2 });
