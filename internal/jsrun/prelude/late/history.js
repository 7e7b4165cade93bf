// https://html.spec.whatwg.org/#the-history-interface, of a page that stays where it is.
let making = false, state = null;
class History {
  constructor() { if (!making) throw new TypeError("Illegal constructor"); }
  get length() { return 1; }
  get state() { return state; }
  get scrollRestoration() { return "auto"; }
  pushState(data, unused, url = null) { change(data, url, arguments, "pushState"); }
  replaceState(data, unused, url = null) { change(data, url, arguments, "replaceState"); }
  go() {}
  back() {}
  forward() {}
}
function change(data, url, args, name) {
  required(args, 2, `'${name}' on 'History'`);
  const copy = cloneValue(data, new Map());
  if (url !== null && url !== undefined && url !== "") {
    const u = parseURL(toUSVString(url), place.url);
    if (!u || u.origin !== place.origin) throw new DOMException(`A history state object with URL '${url}' cannot be created in a document with origin '${place.origin}'.`, "SecurityError");
    // What the page's URL is decides where its requests go: a location that only looks changed would lie.
    if (u.href !== place.url) throw new DOMException(`corscope run cannot change the page's URL to ${u.href}: run the script with --url`, "NotSupportedError");
  }
  state = copy;
}
finish(History, "History");
making = true;
replaceable("history", new History());
making = false;
