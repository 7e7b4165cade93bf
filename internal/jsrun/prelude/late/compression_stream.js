// https://compression.spec.whatwg.org/. What has come is given on when the input ends, because the codecs are Go's.
const formats = ["deflate", "deflate-raw", "gzip"];
function compression(name, operation) {
  return { [name]: class {
    #transform;
    constructor(format) {
      required(arguments, 1, `the ${name} constructor`);
      const f = toEnum(format, formats, "CompressionFormat"), chunks = [];
      this.#transform = new TransformStream({
        transform(chunk) {
          if (!isBufferSource(chunk)) throw new TypeError("The chunk is not a BufferSource");
          chunks.push(bytesOf(chunk).slice());
        },
        flush(c) {
          if (!op(operation, f, toBase64(concatBytes(chunks.splice(0))))) throw new TypeError("The compressed data was not valid.");
          for (let piece; (piece = op("coded")) !== null;) c.enqueue(fromBase64(piece));
        },
      });
    }
    get readable() { return this.#transform.readable; }
    get writable() { return this.#transform.writable; }
  } }[name];
}
finish(compression("CompressionStream", "compress"), "CompressionStream");
finish(compression("DecompressionStream", "decompress"), "DecompressionStream");
