// Parts of the page that are made when a script first asks for them.
let lateShares;
const lateMade = new Map();
function shareLate(names) { lateShares = names; }
// What a part gives.
function late(name) {
  if (!lateMade.has(name)) {
    const top = outermost;
    outermost = false;
    lateMade.set(name, latePart(name)(lateShares));
    outermost = top;
  }
  return lateMade.get(name);
}
// A script that the page's own functions start.
function asScript(f) {
  const top = outermost;
  outermost = false;
  try {
    return f();
  } finally {
    outermost = top;
  }
}
function nextFetchID() { return ++fetchSerial; }
// A class of a part. The part itself puts the class in the place of this.
function lateClass(name, part) {
  Reflect.defineProperty(globalThis, name, {
    get() {
      late(part);
      return globalThis[name];
    },
    set(v) { expose(name, v); },
    enumerable: false, configurable: true,
  });
}
lateClass("MessageEvent", "message_event");
lateClass("EventSource", "event_source");
for (const name of ["MessageChannel", "MessagePort"]) lateClass(name, "message_channel");
for (const name of ["WebSocket", "CloseEvent"]) lateClass(name, "web_socket");
for (const name of ["CompressionStream", "DecompressionStream"]) lateClass(name, "compression_stream");
// [SecureContext]
if (place.secure) {
  for (const name of ["SubtleCrypto", "CryptoKey"]) lateClass(name, "subtle_crypto");
  Reflect.defineProperty(Crypto.prototype, "subtle", { get() { return late("subtle_crypto").subtle; }, enumerable: true, configurable: true });
} else delete Crypto.prototype.randomUUID;
if (!place.worker) {
  for (const name of ["history", "History"]) lateClass(name, "history");
  lateClass("postMessage", "message_channel");
  for (const name of ["Node", "NodeList", "HTMLCollection", "CharacterData", "Text", "Comment", "DocumentFragment", "XMLDocument", "HTMLDocument", "Element", "DOMTokenList",
    "HTMLElement", "HTMLAnchorElement", "HTMLBodyElement", "HTMLButtonElement", "HTMLDivElement", "HTMLFormElement", "HTMLIFrameElement", "HTMLInputElement",
    "HTMLScriptElement", "HTMLSelectElement", "HTMLTextAreaElement", "DOMParser", "XMLSerializer"]) lateClass(name, "document");
  for (const name of ["Image", "HTMLImageElement"]) lateClass(name, "image_element");
  for (const name of ["HTMLLinkElement", "CSSStyleSheet"]) lateClass(name, "link_element");
  for (const name of ["Audio", "HTMLMediaElement", "HTMLAudioElement", "HTMLVideoElement", "HTMLSourceElement", "MediaError"]) lateClass(name, "media_element");
  for (const name of ["HTMLCanvasElement", "CanvasRenderingContext2D", "CanvasPattern", "CanvasGradient", "TextMetrics", "Path2D", "ImageData"]) lateClass(name, "canvas_element");
  for (const name of ["FontFace", "FontFaceSet", "FontFaceSetLoadEvent"]) lateClass(name, "font_face");
}
