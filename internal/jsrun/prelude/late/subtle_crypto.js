// https://w3c.github.io/webcrypto/: digests and HMAC, with which snippets sign their requests. The sums are Go's.
const hashes = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"], blockBits = { "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };
const keys = new WeakMap();
let making = false;
class CryptoKey {
  constructor() { if (!making) throw new TypeError("Illegal constructor"); }
  get type() { return "secret"; }
  get extractable() { return keys.get(this).extractable; }
  get algorithm() { return keys.get(this).algorithm; }
  get usages() { return keys.get(this).usages; }
}
finish(CryptoKey, "CryptoKey");
function notSupported(name) {
  throw new DOMException(`corscope run has no ${name}: crypto.subtle has digest, and HMAC by importKey, generateKey, exportKey, sign and verify`, "NotSupportedError");
}
function nameOf(algorithm) { return toDOMString(isObject(algorithm) ? algorithm.name : algorithm).toUpperCase(); }
function hashOf(algorithm) {
  const name = nameOf(algorithm);
  return hashes.includes(name) ? name : notSupported(name);
}
function bytes(data) {
  if (!isBufferSource(data)) throw new TypeError("The provided value is not of type '(ArrayBuffer or ArrayBufferView)'");
  return bytesOf(data).slice();
}
function hmacHash(algorithm) { return nameOf(algorithm) === "HMAC" ? hashOf(algorithm.hash) : notSupported(nameOf(algorithm)); }
function makeKey(secret, hash, extractable, usages) {
  const list = [...usages].map((u) => toEnum(u, ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"], "KeyUsage"));
  if (!list.length || list.some((u) => !["sign", "verify"].includes(u))) throw new DOMException("A key for HMAC is there to sign and to verify.", "SyntaxError");
  if (!secret.length) throw new DOMException("HMAC key data must not be empty", "DataError");
  making = true;
  const key = new CryptoKey();
  making = false;
  keys.set(key, { secret, extractable: !!extractable, usages: list, algorithm: { name: "HMAC", hash: { name: hash }, length: secret.length * 8 } });
  return key;
}
function useKey(key, usage) {
  const k = keys.get(key);
  if (!k) throw new TypeError("The key is not of type 'CryptoKey'");
  if (!k.usages.includes(usage)) throw new DOMException(`The key does not permit to ${usage}`, "InvalidAccessError");
  return k;
}
const hmac = (k, data) => fromBase64(op("hmac", k.algorithm.hash.name, toBase64(k.secret), toBase64(data)));
class SubtleCrypto {
  constructor() { if (!making) throw new TypeError("Illegal constructor"); }
  async digest(algorithm, data) { return fromBase64(op("digest", hashOf(algorithm), toBase64(bytes(data)))).buffer; }
  async importKey(format, data, algorithm, extractable, usages) {
    const hash = hmacHash(algorithm);
    if (format === "raw") return makeKey(bytes(data), hash, extractable, usages);
    if (format !== "jwk") return notSupported(`key format ${format}`);
    if (!isObject(data) || data.kty !== "oct") throw new DOMException("The JWK is no symmetric key", "DataError");
    return makeKey(Uint8Array.fromBase64(toDOMString(data.k), { alphabet: "base64url" }), hash, extractable, usages);
  }
  async generateKey(algorithm, extractable, usages) {
    const hash = hmacHash(algorithm), n = Math.ceil((algorithm.length ?? blockBits[hash]) / 8);
    return makeKey(fromBase64(op("random", n)), hash, extractable, usages);
  }
  async exportKey(format, key) {
    const k = keys.get(key);
    if (!k) throw new TypeError("The key is not of type 'CryptoKey'");
    if (!k.extractable) throw new DOMException("key is not extractable", "InvalidAccessError");
    if (format === "raw") return k.secret.slice().buffer;
    if (format !== "jwk") return notSupported(`key format ${format}`);
    return { alg: "HS" + k.algorithm.hash.name.slice(4), ext: true, k: k.secret.toBase64({ alphabet: "base64url", omitPadding: true }), key_ops: [...k.usages], kty: "oct" };
  }
  async sign(algorithm, key, data) {
    const b = bytes(data);
    if (nameOf(algorithm) !== "HMAC") notSupported(nameOf(algorithm));
    return hmac(useKey(key, "sign"), b).buffer;
  }
  async verify(algorithm, key, signature, data) {
    const s = bytes(signature), b = bytes(data);
    if (nameOf(algorithm) !== "HMAC") notSupported(nameOf(algorithm));
    const want = hmac(useKey(key, "verify"), b);
    return s.length === want.length && s.every((x, i) => x === want[i]);
  }
}
for (const name of ["encrypt", "decrypt", "deriveBits", "deriveKey", "wrapKey", "unwrapKey"]) {
  SubtleCrypto.prototype[name] = { async [name](algorithm) { notSupported(`${nameOf(algorithm)} to ${name}`); } }[name];
}
finish(SubtleCrypto, "SubtleCrypto");
making = true;
const subtle = new SubtleCrypto();
making = false;
