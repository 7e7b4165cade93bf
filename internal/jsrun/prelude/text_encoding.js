// https://encoding.spec.whatwg.org/#api. The codecs are Go's.
function utf8Encode(s) {
  return fromBase64(op("utf8", s));
}
function utf8Decode(bytes) {
  if (bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
  return op("decode", "utf-8", toBase64(bytes), false);
}
// Decodes as the encoding of that name, unless a byte order mark says otherwise.
function decodeBytes(name, bytes) {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) [name, bytes] = ["utf-8", bytes.subarray(3)];
  else if (bytes[0] === 0xfe && bytes[1] === 0xff) [name, bytes] = ["utf-16be", bytes.subarray(2)];
  else if (bytes[0] === 0xff && bytes[1] === 0xfe) [name, bytes] = ["utf-16le", bytes.subarray(2)];
  return op("decode", name, toBase64(bytes), false);
}
class TextEncoder {
  #brand;
  get encoding() {
    this.#brand;
    return "utf-8";
  }
  encode(input = "") {
    this.#brand;
    return utf8Encode(toUSVString(input));
  }
  encodeInto(source, destination) {
    required(arguments, 2, "'encodeInto' on 'TextEncoder'");
    const s = toUSVString(source);
    if (typedArrayTag.call(destination) !== "Uint8Array") throw new TypeError("The destination is not a Uint8Array");
    let read = 0, written = 0;
    for (const c of s) {
      const n = c.codePointAt(0), size = n < 0x80 ? 1 : n < 0x800 ? 2 : n < 0x10000 ? 3 : 4;
      if (written + size > destination.length) break;
      read += c.length;
      written += size;
    }
    destination.set(utf8Encode(s.slice(0, read)));
    return { read, written };
  }
}
finish(TextEncoder, "TextEncoder");
class TextDecoder {
  #name;
  #fatal;
  #ignoreBOM;
  #rest = new Uint8Array(0);
  #started = false;
  constructor(labelText = "utf-8", options = undefined) {
    const name = op("encodingName", toDOMString(labelText));
    if (name === null || name === "replacement") throw new RangeError(`The encoding label provided ('${labelText}') is invalid.`);
    const d = toDictionary(options, "TextDecoderOptions");
    this.#name = name;
    this.#fatal = !!d.fatal;
    this.#ignoreBOM = !!d.ignoreBOM;
  }
  get encoding() { return this.#name; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }
  decode(input = undefined, options = undefined) {
    if (input !== undefined && !isBufferSource(input)) throw new TypeError("The provided value is not a BufferSource");
    const stream = !!toDictionary(options, "TextDecodeOptions").stream;
    let bytes = concatBytes([this.#rest, input === undefined ? new Uint8Array(0) : bytesOf(input)]);
    this.#rest = new Uint8Array(0);
    if (stream) {
      const keep = this.#incomplete(bytes);
      this.#rest = bytes.slice(bytes.length - keep);
      bytes = bytes.subarray(0, bytes.length - keep);
    }
    let text = op("decode", this.#name, toBase64(bytes), this.#fatal);
    if (text === null) {
      this.#started = false;
      throw new TypeError("The encoded data was not valid.");
    }
    if (!this.#started && text.length) {
      this.#started = true;
      if (!this.#ignoreBOM && this.#name.startsWith("utf-") && text[0] === "\ufeff") text = text.slice(1);
    }
    if (!stream) this.#started = false;
    return text;
  }
  // How many bytes at the end must wait for the next ones.
  #incomplete(bytes) {
    if (this.#name === "utf-8") return op("incompleteUTF8", toBase64(bytes.subarray(-4)));
    if (!this.#name.startsWith("utf-16")) return 0;
    const odd = bytes.length % 2, end = bytes.length - odd;
    const high = end >= 2 ? bytes[end - (this.#name === "utf-16le" ? 1 : 2)] : 0;
    return odd + (high >= 0xd8 && high <= 0xdb ? 2 : 0);
  }
}
finish(TextDecoder, "TextDecoder");
showGetters(TextDecoder, "encoding", "fatal", "ignoreBOM");
