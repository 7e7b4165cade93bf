// https://html.spec.whatwg.org/#the-canvas-element. Nothing is painted, and every pixel is transparent. What is kept is whether a canvas was drawn into
// from another origin without CORS, which forbids to read it.
const { stateOf, elementSteps, attributeOf } = late("node");
const { element, HTMLElement } = late("html_elements");
// foreign is the URL of what made the canvas unreadable; null: it is origin-clean.
const canvasOf = (e) => stateOf(e).canvas ??= { kind: null, context: null, foreign: null, told: false, drawn: false };
const sideOf = (e, name, otherwise) => {
  const n = Number(/^[\t\n\f\r ]*\+?(\d+)/.exec(attributeOf(e, name))?.[1] ?? NaN);
  return n < 2 ** 31 ? n : otherwise;
};
const sides = { width: 300, height: 150 };
class HTMLCanvasElement extends HTMLElement {
  getContext(kind) {
    required(arguments, 1, "'getContext' on 'HTMLCanvasElement'");
    const k = toDOMString(kind), c = canvasOf(this);
    if (k !== "2d") {
      if (["webgl", "webgl2", "experimental-webgl", "webgpu", "bitmaprenderer"].includes(k)) once(`corscope run has no ${k}: getContext() is null, as where a browser has none`);
      return null;
    }
    return c.context ??= makeContext(this);
  }
  toDataURL(type = undefined) {
    toDOMString(type);
    mayRead(this, "toDataURL");
    const bytes = picture(this);
    return bytes === null ? "data:," : "data:image/png;base64," + bytes;
  }
  toBlob(callback, type = undefined) {
    required(arguments, 1, "'toBlob' on 'HTMLCanvasElement'");
    if (typeof callback !== "function") throw new TypeError("Failed to execute 'toBlob' on 'HTMLCanvasElement': parameter 1 is not of type 'Function'.");
    toDOMString(type);
    mayRead(this, "toBlob");
    const bytes = picture(this);
    setAnyTimer(callback, 0, [bytes === null ? null : new Blob([fromBase64(bytes)], { type: "image/png" })], false);
  }
}
for (const [name, otherwise] of Object.entries(sides)) {
  Reflect.defineProperty(HTMLCanvasElement.prototype, name, {
    get() { return sideOf(this, name, otherwise); },
    set(v) {
      const n = toUnsignedLong(v);
      this.setAttribute(name, n < 2 ** 31 ? n : otherwise);
    },
    enumerable: true, configurable: true,
  });
}
element("HTMLCanvasElement", ["canvas"], {}, HTMLCanvasElement);
// https://html.spec.whatwg.org/#concept-canvas-set-bitmap-dimensions
elementSteps.set("canvas", { changed(e, name) {
  if (!(name in sides)) return;
  const c = canvasOf(e);
  c.drawn = false;
  if (place.canvasResizeCleans) c.foreign = null;
  if (c.context) resetContext(c.context);
} });
const said = new Set();
function once(note) {
  if (said.has(note)) return;
  said.add(note);
  consolePrint(2, [note]);
}
// https://html.spec.whatwg.org/#concept-canvas-origin-clean
function mayRead(e, method) {
  const c = canvasOf(e);
  if (c.foreign !== null) {
    const message = op("canvasRefused", method, c.foreign, !c.told);
    c.told = true;
    throw new DOMException(message, "SecurityError");
  }
  if (c.drawn) once("corscope run paints nothing: what is read of a canvas is transparent");
}
// The PNG of a canvas as base64, or null where there is no pixel, or more than there may be.
function picture(e) { return op("canvasPNG", e.width, e.height); }

const contexts = new WeakMap();
let making = null;
const drawingState = { fillStyle: "#000000", strokeStyle: "#000000", globalAlpha: 1, globalCompositeOperation: "source-over", imageSmoothingEnabled: true, imageSmoothingQuality: "low",
  lineWidth: 1, lineCap: "butt", lineJoin: "miter", miterLimit: 10, lineDashOffset: 0, shadowOffsetX: 0, shadowOffsetY: 0, shadowBlur: 0, shadowColor: "rgba(0, 0, 0, 0)",
  filter: "none", font: "10px sans-serif", textAlign: "start", textBaseline: "alphabetic", direction: "inherit", letterSpacing: "0px", wordSpacing: "0px", fontKerning: "auto",
  fontStretch: "normal", fontVariantCaps: "normal", textRendering: "auto" };
function makeContext(canvas) {
  making = canvas;
  try {
    return new CanvasRenderingContext2D();
  } finally {
    making = null;
  }
}
function resetContext(context) { Object.assign(contexts.get(context), { state: { ...drawingState }, dash: [], stack: [] }); }
function contextOf(x) {
  const c = contexts.get(x);
  if (!c) throw new TypeError("Illegal invocation");
  return c;
}
class CanvasRenderingContext2D {
  constructor() {
    if (!making) throw new TypeError("Illegal constructor");
    contexts.set(this, { canvas: making });
    resetContext(this);
  }
  get canvas() { return contextOf(this).canvas; }
  getContextAttributes() { return { alpha: true, colorSpace: "srgb", desynchronized: false, willReadFrequently: false }; }
  isContextLost() { return false; }
  save() {
    const c = contextOf(this);
    c.stack.push([{ ...c.state }, c.dash]);
  }
  restore() {
    const c = contextOf(this), last = c.stack.pop();
    if (last) [c.state, c.dash] = last;
  }
  reset() {
    canvasOf(this.canvas).drawn = false;
    resetContext(this);
  }
  drawImage(image, ...at) {
    required(arguments, 3, "'drawImage' on 'CanvasRenderingContext2D'");
    if (![2, 4, 8].includes(at.length)) throw new TypeError("Failed to execute 'drawImage' on 'CanvasRenderingContext2D': Overload resolution failed.");
    const numbers = at.map(Number), source = sourceOf(image, "drawImage");
    if (!numbers.every(Number.isFinite) || !source || at.length === 8 && (numbers[2] === 0 || numbers[3] === 0)) return;
    const c = canvasOf(this.canvas);
    c.drawn = true;
    c.foreign ??= source.foreign;
  }
  createPattern(image, repetition) {
    required(arguments, 2, "'createPattern' on 'CanvasRenderingContext2D'");
    const source = sourceOf(image, "createPattern"), how = repetition === null ? "" : toDOMString(repetition);
    if (!["", "repeat", "no-repeat", "repeat-x", "repeat-y"].includes(how)) {
      throw new DOMException(`Failed to execute 'createPattern' on 'CanvasRenderingContext2D': The provided type ('${how}') is not one of 'repeat', 'no-repeat', 'repeat-x', or 'repeat-y'.`, "SyntaxError");
    }
    return source && makeStyle(CanvasPattern, source.foreign);
  }
  createLinearGradient() { return makeGradient(arguments, 4, "createLinearGradient"); }
  createRadialGradient() { return makeGradient(arguments, 6, "createRadialGradient"); }
  createConicGradient() { return makeGradient(arguments, 3, "createConicGradient"); }
  createImageData(width, height) {
    required(arguments, 1, "'createImageData' on 'CanvasRenderingContext2D'");
    return width instanceof ImageData ? new ImageData(width.width, width.height) : blank("createImageData", toLong(width), toLong(height));
  }
  getImageData(x, y, width, height) {
    required(arguments, 4, "'getImageData' on 'CanvasRenderingContext2D'");
    const w = toLong(width), h = toLong(height);
    if (w === 0 || h === 0) throw new DOMException(`Failed to execute 'getImageData' on 'CanvasRenderingContext2D': The source ${w === 0 ? "width" : "height"} is 0.`, "IndexSizeError");
    mayRead(this.canvas, "getImageData");
    return blank("getImageData", w, h);
  }
  putImageData(data) {
    required(arguments, 3, "'putImageData' on 'CanvasRenderingContext2D'");
    if (!(data instanceof ImageData)) throw new TypeError("Failed to execute 'putImageData' on 'CanvasRenderingContext2D': parameter 1 is not of type 'ImageData'.");
    canvasOf(this.canvas).drawn = true;
  }
  measureText() {
    required(arguments, 1, "'measureText' on 'CanvasRenderingContext2D'");
    return makeStyle(TextMetrics, null);
  }
  getLineDash() { return [...contextOf(this).dash]; }
  setLineDash(list) { contextOf(this).dash = Array.from(list, Number); }
  isPointInPath() { return false; }
  isPointInStroke() { return false; }
}
for (const key of Object.keys(drawingState)) {
  Reflect.defineProperty(CanvasRenderingContext2D.prototype, key, {
    get() { return contextOf(this).state[key]; },
    set(v) {
      const c = contextOf(this), style = isObject(v) ? styles.get(v) : undefined, old = drawingState[key];
      if (key.endsWith("Style") && style) {
        c.state[key] = v;
        canvasOf(c.canvas).foreign ??= style.foreign;
      } else if (typeof old === "number") {
        if (Number.isFinite(+v)) c.state[key] = +v;
      } else c.state[key] = typeof old === "boolean" ? !!v : toDOMString(v);
    },
    enumerable: true, configurable: true,
  });
}
const pathMethods = ["closePath", "moveTo", "lineTo", "quadraticCurveTo", "bezierCurveTo", "arcTo", "rect", "roundRect", "arc", "ellipse"];
const paints = ["fill", "stroke", "fillRect", "strokeRect", "fillText", "strokeText"];
function silent(C, names, body) {
  for (const name of names) Reflect.defineProperty(C.prototype, name, { value: { [name]() { body?.(this); } }[name], writable: true, enumerable: true, configurable: true });
}
silent(CanvasRenderingContext2D, [...pathMethods, "beginPath", "clip", "clearRect", "scale", "rotate", "translate", "transform", "setTransform", "resetTransform", "drawFocusIfNeeded"], contextOf);
silent(CanvasRenderingContext2D, paints, (x) => { canvasOf(contextOf(x).canvas).drawn = true; });
finish(CanvasRenderingContext2D, "CanvasRenderingContext2D");

// Patterns, gradients and the measures of a text, which no script makes by itself.
const styles = new WeakMap();
let foreignStyle;
function makeStyle(C, foreign) {
  const outer = foreignStyle;
  foreignStyle = { foreign };
  try {
    return new C();
  } finally {
    foreignStyle = outer;
  }
}
function makeGradient(given, n, method) {
  required(given, n, `'${method}' on 'CanvasRenderingContext2D'`);
  return makeStyle(CanvasGradient, null);
}
function beStyle(style) {
  if (!foreignStyle) throw new TypeError("Illegal constructor");
  styles.set(style, foreignStyle);
}
class CanvasPattern {
  constructor() { beStyle(this); }
  setTransform() {}
}
class CanvasGradient {
  constructor() { beStyle(this); }
  addColorStop() { required(arguments, 2, "'addColorStop' on 'CanvasGradient'"); }
}
class TextMetrics {
  constructor() { beStyle(this); }
}
for (const key of ["width", "actualBoundingBoxLeft", "actualBoundingBoxRight", "fontBoundingBoxAscent", "fontBoundingBoxDescent", "actualBoundingBoxAscent", "actualBoundingBoxDescent",
  "emHeightAscent", "emHeightDescent", "hangingBaseline", "alphabeticBaseline", "ideographicBaseline"]) {
  Reflect.defineProperty(TextMetrics.prototype, key, { get: () => 0, enumerable: true, configurable: true });
}
for (const [name, C] of Object.entries({ CanvasPattern, CanvasGradient, TextMetrics })) finish(C, name);
class Path2D {
  addPath() {}
}
silent(Path2D, pathMethods);
finish(Path2D, "Path2D");
// What may be drawn, and from where it is; null for what cannot be drawn yet. https://html.spec.whatwg.org/#check-the-usability-of-the-image-argument
function sourceOf(image, method) {
  const bad = (why) => new DOMException(`Failed to execute '${method}' on 'CanvasRenderingContext2D': ${why}`, "InvalidStateError");
  if (image instanceof HTMLCanvasElement) {
    if (image.width === 0 || image.height === 0) throw bad("The image argument is a canvas element with a width or height of 0.");
    return { foreign: canvasOf(image).foreign };
  }
  const { HTMLImageElement, pictureOf } = late("image_element"), { HTMLVideoElement, mediaOf } = late("media_element");
  if (image instanceof HTMLImageElement) {
    const p = pictureOf(image);
    if (p.state === "broken" && !p.loading) throw bad("The HTMLImageElement provided is in the 'broken' state.");
    return p.state === "complete" ? { foreign: p.opaque ? p.url : null } : null;
  }
  if (image instanceof HTMLVideoElement) {
    const m = mediaOf(image);
    return image.readyState < 2 ? null : { foreign: m.opaque ? m.url : null };
  }
  throw new TypeError(`Failed to execute '${method}' on 'CanvasRenderingContext2D': The provided value is not of type '(HTMLCanvasElement or HTMLImageElement or HTMLVideoElement)'.`);
}
// https://html.spec.whatwg.org/#imagedata
function blank(method, width, height) {
  const w = Math.abs(width), h = Math.abs(height);
  if (w === 0 || h === 0) throw new DOMException(`Failed to execute '${method}' on 'CanvasRenderingContext2D': The source ${w === 0 ? "width" : "height"} is zero or not a number.`, "IndexSizeError");
  if (4 * w * h >= 2 ** 31) throw new RangeError(`Failed to execute '${method}' on 'CanvasRenderingContext2D': Out of memory at ImageData creation`);
  return new ImageData(w, h);
}
class ImageData {
  #width;
  #height;
  constructor(first, second, third = undefined) {
    required(arguments, 2, "the ImageData constructor");
    let data = null, width, height;
    if (isObject(first)) {
      if (!(first instanceof Uint8ClampedArray)) throw new TypeError("Failed to construct 'ImageData': parameter 1 is not of type 'Uint8ClampedArray'.");
      data = first;
      width = toUnsignedLong(second);
      if (data.length === 0 || data.length % 4 !== 0) throw new DOMException("Failed to construct 'ImageData': The input data length is not a multiple of 4.", "InvalidStateError");
      if (width === 0 || data.length / 4 % width !== 0) throw new DOMException("Failed to construct 'ImageData': The input data length is not a multiple of (4 * width).", "IndexSizeError");
      height = data.length / 4 / width;
      if (third !== undefined && toUnsignedLong(third) !== height) throw new DOMException("Failed to construct 'ImageData': The input data length is not equal to (4 * width * height).", "IndexSizeError");
    } else {
      [width, height] = [toUnsignedLong(first), toUnsignedLong(second)];
      if (width === 0 || height === 0) throw new DOMException(`Failed to construct 'ImageData': The source ${width === 0 ? "width" : "height"} is zero or not a number.`, "IndexSizeError");
      if (4 * width * height >= 2 ** 31) throw new RangeError("Failed to construct 'ImageData': Out of memory at ImageData creation");
    }
    this.#width = width;
    this.#height = height;
    Reflect.defineProperty(this, "data", { value: data ?? new Uint8ClampedArray(4 * width * height), enumerable: true, configurable: true });
  }
  get width() { return this.#width; }
  get height() { return this.#height; }
  get colorSpace() { return "srgb"; }
}
finish(ImageData, "ImageData");
showGetters(ImageData, "width", "height");
