// https://html.spec.whatwg.org/#media-elements. Nothing is decoded or heard: what is fetched and looks like audio or video can play at once, and has no
// duration.
const { stateOf, elementSteps, attributeOf, elementsIn } = late("node");
const { element, HTMLElement } = late("html_elements");
const { load, giveUp, microtask } = late("element_load");
const network = { NETWORK_EMPTY: 0, NETWORK_IDLE: 1, NETWORK_LOADING: 2, NETWORK_NO_SOURCE: 3 };
const ready = { HAVE_NOTHING: 0, HAVE_METADATA: 1, HAVE_CURRENT_DATA: 2, HAVE_FUTURE_DATA: 3, HAVE_ENOUGH_DATA: 4 };
const codes = { MEDIA_ERR_ABORTED: 1, MEDIA_ERR_NETWORK: 2, MEDIA_ERR_DECODE: 3, MEDIA_ERR_SRC_NOT_SUPPORTED: 4 };
const mediaOf = (e) => stateOf(e).media ??= { network: 0, ready: 0, url: "", error: null, loading: 0, turn: 0, paused: true, plays: [], volume: 1, muted: false };
class MediaError {
  #message = "No source could be loaded";
  get code() { return codes.MEDIA_ERR_SRC_NOT_SUPPORTED; }
  get message() { return this.#message; }
}
finish(MediaError, "MediaError", codes);
class HTMLMediaElement extends HTMLElement {
  get networkState() { return mediaOf(this).network; }
  get readyState() { return mediaOf(this).ready; }
  get currentSrc() { return mediaOf(this).url; }
  get error() { return mediaOf(this).error; }
  get paused() { return mediaOf(this).paused; }
  get ended() { return false; }
  get seeking() { return false; }
  get duration() { return NaN; }
  get currentTime() { return 0; }
  set currentTime(v) {}
  get volume() { return mediaOf(this).volume; }
  set volume(v) { mediaOf(this).volume = +v; }
  get muted() { return mediaOf(this).muted; }
  set muted(v) { mediaOf(this).muted = !!v; }
  get preload() {
    const v = attributeOf(this, "preload")?.toLowerCase();
    return ["none", "metadata"].includes(v) ? v : "auto";
  }
  set preload(v) { this.setAttribute("preload", v); }
  canPlayType(type) { return /^\s*(?:audio|video)\//i.test(toDOMString(type)) ? "maybe" : ""; }
  load() { start(this); }
  play() {
    const m = mediaOf(this), { promise, resolve, reject } = newPromise();
    if (m.error) {
      reject(notSupported());
      return promise;
    }
    if (m.network === network.NETWORK_EMPTY) start(this);
    if (m.waits) fetchNow(this, m);
    m.paused = false;
    if (m.ready === ready.HAVE_ENOUGH_DATA) microtask(resolve);
    else m.plays.push({ resolve, reject });
    later(() => fire(this, "play"));
    return promise;
  }
  pause() {
    const m = mediaOf(this);
    if (m.paused) return;
    m.paused = true;
    for (const p of m.plays.splice(0)) p.reject(new DOMException("The play() request was interrupted by a call to pause().", "AbortError"));
    later(() => fire(this, "pause"));
  }
}
element("HTMLMediaElement", [], { src: "url", crossOrigin: "cors", autoplay: "flag", loop: "flag", controls: "flag", defaultMuted: "flag muted" }, HTMLMediaElement);
for (const [key, value] of [...Object.entries(network), ...Object.entries(ready)]) {
  for (const target of [HTMLMediaElement, HTMLMediaElement.prototype]) Reflect.defineProperty(target, key, { value, enumerable: true });
}
handlerAttributes(HTMLMediaElement.prototype, ["abort", "canplay", "canplaythrough", "durationchange", "emptied", "ended", "loadeddata", "loadedmetadata", "loadstart", "pause", "play",
  "playing", "progress", "stalled", "suspend", "timeupdate", "volumechange", "waiting"]);
class HTMLAudioElement extends HTMLMediaElement {}
element("HTMLAudioElement", ["audio"], {}, HTMLAudioElement);
class HTMLVideoElement extends HTMLMediaElement {
  get videoWidth() { return 0; }
  get videoHeight() { return 0; }
}
element("HTMLVideoElement", ["video"], { poster: "url", width: "number", height: "number", playsInline: "flag" }, HTMLVideoElement);
element("HTMLSourceElement", ["source"], { src: "url", type: "text", srcset: "text", sizes: "text", media: "text" });
function notSupported() { return new DOMException("Failed to load because no supported source was found.", "NotSupportedError"); }
const steps = {
  changed(e, name, v) { if (name === "src" && v !== null || name === "crossorigin" && mediaOf(e).network !== network.NETWORK_EMPTY) start(e); },
  made(e) { if (e.hasAttribute("src")) start(e); },
};
elementSteps.set("audio", steps);
elementSteps.set("video", steps);
// A source that comes into an element without any.
elementSteps.set("source", {
  changed() {},
  inserted({ parentNode: e }) { if (e instanceof HTMLMediaElement && mediaOf(e).network === network.NETWORK_EMPTY && !e.hasAttribute("src")) start(e); },
});
const sourcesOf = (e) => e.hasAttribute("src") ? [attributeOf(e, "src")] : elementsIn(e).filter((c) => c.localName === "source").map((c) => attributeOf(c, "src") ?? "");
// https://html.spec.whatwg.org/#media-element-load-algorithm
function start(e) {
  const m = mediaOf(e), turn = ++m.turn;
  if (m.loading) giveUp(m.loading);
  Object.assign(m, { network: network.NETWORK_NO_SOURCE, ready: 0, error: null, loading: 0, waits: false });
  microtask(() => {
    if (turn !== m.turn) return;
    m.sources = sourcesOf(e);
    if (m.sources.length === 0) {
      m.network = network.NETWORK_EMPTY;
      return;
    }
    m.network = network.NETWORK_LOADING;
    later(() => { if (turn === m.turn) fire(e, "loadstart"); });
    if (e.preload === "none" && m.paused && !e.autoplay) {
      m.waits = true;
      m.network = network.NETWORK_IDLE;
    } else fetchNow(e, m);
  });
}
function fetchNow(e, m) {
  const source = m.sources.shift(), url = source ? parseURL(source, place.url)?.href : undefined, kind = e instanceof HTMLVideoElement ? "video" : "audio";
  m.waits = false;
  const take = (loaded) => {
    m.loading = 0;
    m.opaque = loaded === "opaque";
    if (loaded === null && m.sources.length) return fetchNow(e, m);
    const plays = m.plays.splice(0);
    if (loaded === null) {
      Object.assign(m, { error: new MediaError(), network: network.NETWORK_NO_SOURCE });
      fire(e, "error");
      for (const p of plays) p.reject(notSupported());
      return;
    }
    Object.assign(m, { network: network.NETWORK_IDLE, ready: ready.HAVE_ENOUGH_DATA });
    for (const type of ["durationchange", "loadedmetadata", "loadeddata", "canplay", "canplaythrough"]) fire(e, type);
    if (!m.paused) fire(e, "playing");
    for (const p of plays) p.resolve();
  };
  if (url === undefined) {
    const turn = m.turn;
    return void later(() => { if (turn === m.turn) take(null); });
  }
  m.url = url;
  m.loading = load({ what: "media", initiator: kind, url, destination: kind, cors: e.crossOrigin }, take);
}
// https://html.spec.whatwg.org/#dom-audio
exposeFunction("Audio", function Audio(src = undefined) {
  const audio = globalThis.document.createElement("audio");
  audio.setAttribute("preload", "auto");
  if (src !== undefined) audio.src = src;
  return audio;
});
Reflect.defineProperty(globalThis.Audio, "prototype", { value: HTMLAudioElement.prototype, writable: false });
