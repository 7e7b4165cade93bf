// https://w3c.github.io/webcrypto/#Crypto-interface, the random part.
function randomUUID() {
  const b = fromBase64(op("random", 16));
  b[6] = b[6] & 0x0f | 0x40;
  b[8] = b[8] & 0x3f | 0x80;
  const h = b.toHex();
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}
let makingCrypto = false;
class Crypto {
  constructor() { if (!makingCrypto) throw new TypeError("Illegal constructor"); }
  getRandomValues(array) {
    const kind = isObject(array) && ArrayBuffer.isView(array) ? typedArrayTag.call(array) : undefined;
    if (!kind || kind.startsWith("Float")) throw new DOMException("The array is not an integer typed array", "TypeMismatchError");
    if (array.byteLength > 65536) throw new DOMException("The array is larger than 65536 bytes", "QuotaExceededError");
    bytesOf(array).set(fromBase64(op("random", array.byteLength)));
    return array;
  }
  randomUUID() { return randomUUID(); }
}
finish(Crypto, "Crypto");
makingCrypto = true;
exposeFunction("crypto", new Crypto());
makingCrypto = false;
