// https://drafts.csswg.org/css-font-loading/. No font is parsed: Go looks at its first bytes. There are none on this machine, so local() finds nothing.
const { load } = late("element_load");
const formats = ["collection", "opentype", "truetype", "woff", "woff2", "opentype-variations", "truetype-variations", "woff-variations", "woff2-variations"];
const descriptors = { style: "normal", weight: "normal", stretch: "normal", unicodeRange: "U+0-10FFFF", featureSettings: "normal", variationSettings: "normal", display: "auto",
  ascentOverride: "normal", descentOverride: "normal", lineGapOverride: "normal", sizeAdjust: "100%" };
// The sources of a src descriptor, or null. https://drafts.csswg.org/css-fonts-4/#src-desc
const oneSource = /^\s*(?:url\(\s*(?:"([^"]*)"|'([^']*)'|([^\s"'()]*))\s*\)|local\([^)]*\))((?:\s+(?:format|tech)\([^)]*\))*)\s*$/;
function parseSources(text) {
  const list = [];
  for (const part of text.match(/(?:\([^"')]*(?:"[^"]*"|'[^']*')?[^)]*\)|"[^"]*"|'[^']*'|[^,()"'])+/g) ?? [""]) {
    const m = oneSource.exec(part);
    if (!m) return null;
    const url = m[1] ?? m[2] ?? m[3], format = /format\(\s*["']?([^"')\s]*)/.exec(m[4])?.[1].toLowerCase();
    if (url !== undefined && (format === undefined || formats.includes(format))) list.push(url);
  }
  return text.trim() === "" ? null : list;
}
const faces = new WeakMap();
class FontFace {
  constructor(family, source, given = undefined) {
    required(arguments, 2, "the FontFace constructor");
    const d = toDictionary(given, "FontFaceDescriptors"), f = { family: toDOMString(family), status: "unloaded", sources: null, sets: new Set(), ...newPromise() };
    faces.set(this, f);
    for (const [key, value] of Object.entries(descriptors)) f[key] = d[key] === undefined ? value : toDOMString(d[key]);
    if (isBufferSource(source)) {
      const b = bytesOf(source), tag = String.fromCharCode(...b.subarray(0, 4));
      if (["\0\x01\0\0", "OTTO", "ttcf", "wOFF", "wOF2", "true"].includes(tag)) loaded(this, f);
      else failed(this, f, new DOMException("Invalid font data in ArrayBuffer.", "SyntaxError"));
      return;
    }
    const text = toDOMString(source);
    f.sources = parseSources(text);
    if (!f.sources) failed(this, f, new DOMException(`The source provided ('${text}') could not be parsed as a value list.`, "SyntaxError"));
  }
  get status() { return faces.get(this).status; }
  get loaded() { return faces.get(this).promise; }
  load() {
    const f = faces.get(this);
    if (f.status !== "unloaded") return f.promise;
    f.status = "loading";
    for (const set of f.sets) begin(set, this);
    // Behind the event of the set.
    if (f.sets.size) later(() => next(this, f, 0));
    else next(this, f, 0);
    return f.promise;
  }
}
for (const key of ["family", ...Object.keys(descriptors)]) {
  Reflect.defineProperty(FontFace.prototype, key, { get() { return faces.get(this)[key]; }, set(v) { faces.get(this)[key] = toDOMString(v); }, enumerable: true, configurable: true });
}
finish(FontFace, "FontFace");
// Each source is tried until one is a font.
function next(face, f, i) {
  const url = i < f.sources.length ? parseURL(f.sources[i], place.url)?.href : undefined;
  if (i >= f.sources.length) return void later(() => failed(face, f, new DOMException("A network error occurred.", "NetworkError")));
  if (url === undefined) return next(face, f, i + 1);
  load({ what: "font", initiator: "css", url, destination: "font", cors: "anonymous" }, (answer) => {
    if (answer === null) next(face, f, i + 1);
    else loaded(face, f);
  });
}
function loaded(face, f) {
  f.status = "loaded";
  f.resolve(face);
  for (const set of f.sets) end(set, face, "loaded");
}
function failed(face, f, error) {
  f.status = "error";
  // Of a font that was never asked to load nobody need look at the promise.
  if (error.name === "SyntaxError") Reflect.apply(promiseThen, f.promise, [undefined, () => {}]);
  f.reject(error);
  for (const set of f.sets) end(set, face, "failed");
}
class FontFaceSetLoadEvent extends Event {
  #faces;
  constructor(type, init = undefined) {
    super(type, init);
    this.#faces = Object.freeze([...toDictionary(init, "FontFaceSetLoadEventInit").fontfaces ?? []]);
  }
  get fontfaces() { return this.#faces; }
}
finish(FontFaceSetLoadEvent, "FontFaceSetLoadEvent");
const sets = new WeakMap();
let making = false;
class FontFaceSet extends EventTarget {
  constructor() {
    if (!making) throw new TypeError("Illegal constructor");
    super();
    sets.set(this, { list: new Set(), loading: new Set(), loaded: [], failed: [], status: "loaded", ready: { promise: resolvedPromise(this) } });
  }
  get status() { return sets.get(this).status; }
  get ready() { return sets.get(this).ready.promise; }
  get size() { return sets.get(this).list.size; }
  add(face) {
    const f = faces.get(face);
    if (!f) throw new TypeError("The argument is not of type 'FontFace'");
    sets.get(this).list.add(face);
    f.sets.add(this);
    if (f.status === "loading") begin(this, face);
    return this;
  }
  has(face) { return sets.get(this).list.has(face); }
  delete(face) {
    faces.get(face)?.sets.delete(this);
    return sets.get(this).list.delete(face);
  }
  clear() { for (const face of [...this]) this.delete(face); }
  check(font) { return matching(this, font).every((face) => face.status === "loaded"); }
  load(font) {
    let found;
    try {
      found = matching(this, font);
    } catch (e) {
      return newRejection(e);
    }
    const { promise, resolve, reject } = newPromise();
    let left = found.length;
    if (left === 0) resolve([]);
    for (const face of found) Reflect.apply(promiseThen, face.load(), [() => { if (--left === 0) resolve(found); }, reject]);
    return promise;
  }
  forEach(f, thisArg = undefined) { for (const face of [...this]) Reflect.apply(f, thisArg, [face, face, this]); }
  keys() { return sets.get(this).list.keys(); }
  values() { return sets.get(this).list.values(); }
  entries() { return sets.get(this).list.entries(); }
  [Symbol.iterator]() { return this.values(); }
}
handlerAttributes(FontFaceSet.prototype, ["loading", "loadingdone", "loadingerror"]);
finish(FontFaceSet, "FontFaceSet");
function newRejection(e) {
  const { promise, reject } = newPromise();
  reject(e);
  return promise;
}
// The faces of the families that a font property names; of several, those of its weight. https://drafts.csswg.org/css-font-loading/#find-the-matching-font-faces
function matching(set, font) {
  const text = toDOMString(font), m = /^(.*?)(?:^|\s)\d*\.?\d+(?:px|pt|em|rem|%|vw|vh|ex|ch|cm|mm|in|pc|q)(?:\/\S+)?\s+(.+)$/i.exec(text);
  if (!m) throw new DOMException(`Could not resolve '${text}' as a font.`, "SyntaxError");
  const plain = (s) => s.trim().replace(/^(["'])(.*)\1$/, "$2").toLowerCase(), weigh = (s) => ({ normal: "400", bold: "700" })[s] ?? s;
  const families = m[2].split(",").map(plain), weight = weigh(/(?:^|\s)(bold|[1-9]00)(?:\s|$)/.exec(m[1])?.[1] ?? "normal");
  return families.flatMap((family) => {
    const all = [...set].filter((face) => plain(face.family) === family), exact = all.filter((face) => weigh(face.weight) === weight);
    return exact.length ? exact : all;
  });
}
// https://drafts.csswg.org/css-font-loading/#switch-the-fontfaceset-to-loading
function begin(set, face) {
  const s = sets.get(set);
  s.loading.add(face);
  if (s.status === "loading") return;
  s.status = "loading";
  s.ready = newPromise();
  later(() => fire(set, "loading", {}, FontFaceSetLoadEvent));
}
function end(set, face, how) {
  const s = sets.get(set);
  if (!s.loading.delete(face)) return;
  s[how].push(face);
  if (s.loading.size === 0) later(() => {
    if (s.loading.size > 0 || s.status === "loaded") return;
    const { loaded, failed } = s;
    Object.assign(s, { status: "loaded", loaded: [], failed: [] });
    fire(set, "loadingdone", { fontfaces: loaded }, FontFaceSetLoadEvent);
    if (failed.length) fire(set, "loadingerror", { fontfaces: failed }, FontFaceSetLoadEvent);
    s.ready.resolve?.(set);
  });
}
making = true;
const fonts = new FontFaceSet();
making = false;
