// https://html.spec.whatwg.org/#the-img-element. Nothing is painted: of a picture Go reads its kind, width and height.
const { stateOf, elementSteps, insertionSteps, attributeOf } = late("node");
const { element, HTMLElement } = late("html_elements");
const { load, giveUp, microtask } = late("element_load");
// The list of available images, of the whole document. A picture that was loaded with CORS is another one than without.
const available = new Map();
const nothing = { width: 0, height: 0, opaque: false };
const pictureOf = (e) => stateOf(e).picture ??= { state: "unavailable", url: "", ...nothing, loading: null, turn: 0, decoding: [], cors: null, lazy: false };
class HTMLImageElement extends HTMLElement {
  get width() { return dimension(this, "width"); }
  set width(v) { this.setAttribute("width", toUnsignedLong(v)); }
  get height() { return dimension(this, "height"); }
  set height(v) { this.setAttribute("height", toUnsignedLong(v)); }
  get naturalWidth() { return pictureOf(this).width; }
  get naturalHeight() { return pictureOf(this).height; }
  get complete() {
    const src = attributeOf(this, "src"), p = pictureOf(this);
    return attributeOf(this, "srcset") === null && !src || ["complete", "broken"].includes(p.state) && !p.loading;
  }
  get currentSrc() { return pictureOf(this).url; }
  get x() { return 0; }
  get y() { return 0; }
  get loading() { return attributeOf(this, "loading")?.toLowerCase() === "lazy" ? "lazy" : "eager"; }
  set loading(v) { this.setAttribute("loading", v); }
  get decoding() { return keyword(this, "decoding", ["sync", "async"]); }
  set decoding(v) { this.setAttribute("decoding", v); }
  get fetchPriority() { return keyword(this, "fetchpriority", ["high", "low"]); }
  set fetchPriority(v) { this.setAttribute("fetchpriority", v); }
  decode() {
    const p = pictureOf(this), { promise, resolve, reject } = newPromise();
    microtask(() => {
      if (p.state === "complete" && !p.loading) resolve();
      else if (p.loading || p.lazy) p.decoding.push({ resolve, reject });
      else reject(notDecoded());
    });
    return promise;
  }
}
element("HTMLImageElement", ["img"], { src: "url", alt: "text", crossOrigin: "cors", srcset: "text", sizes: "text", useMap: "text", isMap: "flag", referrerPolicy: "policy" }, HTMLImageElement);
function notDecoded() { return new DOMException("The source image cannot be decoded.", "EncodingError"); }
function keyword(e, name, known) {
  const v = attributeOf(e, name)?.toLowerCase();
  return known.includes(v) ? v : "auto";
}
function dimension(e, name) {
  const n = parseInt(attributeOf(e, name), 10);
  return n >= 0 ? n : pictureOf(e)[name];
}
elementSteps.set("img", {
  changed(e, name) {
    const p = pictureOf(e);
    if (name === "src" || name === "srcset" || name === "crossorigin" && e.crossOrigin !== p.cors || name === "loading" && p.lazy) update(e);
  },
  made: update,
});
insertionSteps.push((n) => { if (n instanceof HTMLImageElement && pictureOf(n).lazy) update(n); });
// https://html.spec.whatwg.org/#update-the-image-data
function update(e) {
  const p = pictureOf(e), turn = ++p.turn, src = attributeOf(e, "src");
  if (stateOf(e).document !== globalThis.document) return;
  p.cors = e.crossOrigin;
  for (const d of p.decoding.splice(0)) d.reject(notDecoded());
  const known = src && attributeOf(e, "srcset") === null && available.get(keyOf(e, parseURL(src, place.url)?.href));
  if (known) {
    stop(p);
    Object.assign(p, known, { state: "complete" });
    return void later(() => { if (turn === p.turn) fire(e, "load"); });
  }
  microtask(() => { if (turn === p.turn) select(e, p); });
}
const keyOf = (e, url) => `${e.crossOrigin ?? ""} ${url}`;
function stop(p) {
  if (p.loading) giveUp(p.loading.id);
  p.loading = null;
  p.lazy = false;
}
function select(e, p) {
  const chosen = choose(e), turn = p.turn;
  const fail = (state, url) => {
    stop(p);
    Object.assign(p, nothing, { state, url });
    if (e.hasAttribute("src") || e.hasAttribute("srcset")) later(() => { if (turn === p.turn) fire(e, "error"); });
  };
  if (!chosen) return fail("unavailable", "");
  const url = parseURL(chosen, place.url)?.href;
  if (url === undefined) return fail("broken", chosen);
  if (e.loading === "lazy" && !e.isConnected) {
    p.lazy = true; // there is no view that it could come near to, but for the document itself
    return;
  }
  stop(p);
  const key = keyOf(e, url), mine = { id: 0 };
  if (p.state !== "complete") Object.assign(p, nothing, { state: "unavailable", url });
  p.loading = mine;
  mine.id = load({ what: "image", initiator: "img", url, destination: "image", cors: e.crossOrigin, referrerPolicy: e.referrerPolicy }, (loaded) => {
    p.loading = null;
    const waiting = p.decoding.splice(0);
    if (loaded === null) {
      Object.assign(p, nothing, { state: "broken", url });
      for (const d of waiting) d.reject(notDecoded());
      fire(e, "error");
      return;
    }
    const [width, height, visible] = loaded.split(" "), picture = { url, width: +width, height: +height, opaque: visible === "opaque" };
    available.set(key, picture);
    Object.assign(p, picture, { state: "complete" });
    for (const d of waiting) d.resolve();
    fire(e, "load");
  });
}
// The source of the density nearest to one pixel for a pixel, in a window 1280 pixels wide. https://html.spec.whatwg.org/#select-an-image-source
function choose(e) {
  const src = attributeOf(e, "src"), candidates = [];
  for (const [, url, descriptor] of (attributeOf(e, "srcset") ?? "").matchAll(/[\s,]*(\S*[^\s,])(?:\s+([^,]+))?\s*(?:,|$)/g)) {
    const [, n, unit] = /^([\d.]+)([xw])$/.exec((descriptor ?? "1x").trim()) ?? [];
    if (n > 0) candidates.push({ url, density: unit === "w" ? n / 1280 : +n });
  }
  if (src && !candidates.some((c) => c.density === 1)) candidates.push({ url: src, density: 1 });
  candidates.sort((a, b) => a.density - b.density);
  return (candidates.find((c) => c.density >= 1) ?? candidates.at(-1))?.url ?? null;
}
// https://html.spec.whatwg.org/#dom-image
exposeFunction("Image", function Image(width = undefined, height = undefined) {
  const image = globalThis.document.createElement("img");
  if (width !== undefined) image.width = width;
  if (height !== undefined) image.height = height;
  return image;
});
Reflect.defineProperty(globalThis.Image, "prototype", { value: HTMLImageElement.prototype, writable: false });
