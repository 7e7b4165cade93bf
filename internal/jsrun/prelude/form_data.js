// https://xhr.spec.whatwg.org/#interface-formdata
let formEntries;
class FormData {
  #list = [];
  static {
    formEntries = (f) => f.#list;
  }
  constructor(form = undefined) {
    if (form === undefined) return;
    if (!place.worker) late("document");
    if (!hooks.formEntries) throw new TypeError("The argument is not an HTMLFormElement");
    for (const [name, value] of hooks.formEntries(form)) this.append(name, value);
  }
  #entry(args, what) {
    required(args, 2, what);
    const name = toUSVString(args[0]);
    let value = args[1];
    if (args.length > 2 && !(value instanceof Blob)) throw new TypeError(`${what}: the second argument is not a Blob`);
    if (!(value instanceof Blob)) return [name, toUSVString(value)];
    if (!(value instanceof File)) value = new File([value], "blob", { type: value.type });
    if (args[2] !== undefined) value = new File([value], toUSVString(args[2]), { type: value.type, lastModified: value.lastModified });
    return [name, value];
  }
  append(name, value, filename = undefined) { this.#list.push(this.#entry(arguments, "'append' on 'FormData'")); }
  delete(name) {
    required(arguments, 1, "'delete' on 'FormData'");
    const n = toUSVString(name);
    this.#list = this.#list.filter((e) => e[0] !== n);
  }
  get(name) {
    required(arguments, 1, "'get' on 'FormData'");
    const n = toUSVString(name);
    return this.#list.find((e) => e[0] === n)?.[1] ?? null;
  }
  getAll(name) {
    required(arguments, 1, "'getAll' on 'FormData'");
    const n = toUSVString(name);
    return this.#list.filter((e) => e[0] === n).map((e) => e[1]);
  }
  has(name) {
    required(arguments, 1, "'has' on 'FormData'");
    const n = toUSVString(name);
    return this.#list.some((e) => e[0] === n);
  }
  set(name, value, filename = undefined) {
    const e = this.#entry(arguments, "'set' on 'FormData'"), at = this.#list.findIndex((x) => x[0] === e[0]);
    if (at < 0) this.#list.push(e);
    else {
      this.#list[at] = e;
      this.#list = this.#list.filter((x, i) => i <= at || x[0] !== e[0]);
    }
  }
  static {
    pairIterable(this, "FormData", (f) => f.#list);
  }
}
finish(FormData, "FormData");
// https://html.spec.whatwg.org/#multipart-form-data
function encodeMultipart(form) {
  // No letter is a capital: the type of a Blob is in lower case, and the boundary with it.
  const boundary = "----corscopeformboundary" + randomUUID().replaceAll("-", "").slice(0, 16), chunks = [];
  const escape = (s) => s.replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll('"', "%22");
  const lines = (s) => s.replace(/\r\n?|\n/g, "\r\n");
  for (const [name, value] of formEntries(form)) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(lines(name))}"`;
    if (typeof value === "string") chunks.push(utf8Encode(`${head}\r\n\r\n${lines(value)}\r\n`));
    else {
      chunks.push(utf8Encode(`${head}; filename="${escape(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`),
        blobBytes(value), utf8Encode("\r\n"));
    }
  }
  chunks.push(utf8Encode(`--${boundary}--\r\n`));
  return { bytes: concatBytes(chunks), type: "multipart/form-data; boundary=" + boundary };
}
function decodeMultipart(bytes, boundary) {
  const text = latin1(bytes), form = new FormData(), bad = () => new TypeError("The body is not valid multipart/form-data");
  // A byte order mark stays. https://fetch.spec.whatwg.org/#body-mixin
  const utf8 = (s) => op("decode", "utf-8", toBase64(Uint8Array.from(s, (c) => c.charCodeAt(0))), false);
  const unescape = (s) => utf8(s.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%22", '"'));
  let at = text.indexOf("--" + boundary);
  if (at < 0) throw bad();
  for (;;) {
    at += boundary.length + 2;
    if (text.startsWith("--", at)) return form;
    if (!text.startsWith("\r\n", at)) throw bad();
    const headEnd = text.indexOf("\r\n\r\n", at), end = text.indexOf("\r\n--" + boundary, headEnd + 2);
    if (headEnd < 0 || end < 0) throw bad();
    const head = text.slice(at + 2, headEnd), body = text.slice(headEnd + 4, Math.max(end, headEnd + 4));
    const disposition = /^content-disposition:[ \t]*form-data[ \t]*((?:;[^\r\n]*)?)/im.exec(head)?.[1];
    // What is quoted may hold semicolons; filename* and other parameters are passed over.
    const parameters = new Map([...(disposition ?? "").matchAll(/;[ \t]*([^\s;=]+)=(?:"([^"]*)"|([^\s;]*))/g)].map((m) => [m[1].toLowerCase(), m[2] ?? m[3]]));
    const name = parameters.get("name"), filename = parameters.get("filename");
    if (name === undefined) throw bad();
    if (filename === undefined) form.append(unescape(name), utf8(body));
    else {
      const type = /^content-type:[ \t]*([^\r\n]*)/im.exec(head)?.[1].trim() ?? "text/plain";
      form.append(unescape(name), new File([Uint8Array.from(body, (c) => c.charCodeAt(0))], unescape(filename), { type }));
    }
    at = end + 2;
  }
}
