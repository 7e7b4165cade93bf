// https://html.spec.whatwg.org/#atob
exposeFunction("btoa", function btoa(data) {
  ofGlobal(this, "btoa");
  required(arguments, 1, "'btoa'");
  const s = toDOMString(data), bytes = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c > 255) throw new DOMException("The string contains characters outside of the Latin1 range", "InvalidCharacterError");
    bytes[i] = c;
  }
  return toBase64(bytes);
});
exposeFunction("atob", function atob(data) {
  ofGlobal(this, "atob");
  required(arguments, 1, "'atob'");
  let s = toDOMString(data).replace(/[\t\n\f\r ]/g, "");
  if (s.length % 4 === 0) s = s.replace(/==?$/, "");
  if (s.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(s)) throw new DOMException("The string is not correctly encoded", "InvalidCharacterError");
  return latin1(fromBase64(s + "=".repeat((4 - s.length % 4) % 4)));
});
function latin1(bytes) {
  let s = "";
  for (let i = 0; i < bytes.length; i += 8192) s += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return s;
}
