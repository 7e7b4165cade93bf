// https://html.spec.whatwg.org/#the-navigator-object
let makingNavigator = false;
const languages = Object.freeze(["en-US", "en"]);
class Navigator {
  constructor() { if (!makingNavigator) throw new TypeError("Illegal constructor"); }
  get appCodeName() { return "Mozilla"; }
  get appName() { return "Netscape"; }
  get appVersion() { return place.userAgent.replace(/^Mozilla\//, ""); }
  get platform() { return ""; }
  get product() { return "Gecko"; }
  get userAgent() { return place.userAgent; }
  get language() { return languages[0]; }
  get languages() { return languages; }
  get onLine() { return true; }
  get hardwareConcurrency() { return 2; }
}
// What only a page has.
class PageNavigator extends Navigator {
  get cookieEnabled() { return place.origin !== "null"; }
  get maxTouchPoints() { return 0; }
  // https://w3c.github.io/beacon/#sendbeacon-method
  sendBeacon(url, data = null) {
    required(arguments, 1, "'sendBeacon' on 'Navigator'");
    const text = toUSVString(url), u = parseURL(text, place.url);
    if (!u) throw new TypeError(urlFault("Failed to parse URL from ", text));
    if (u.protocol !== "http:" && u.protocol !== "https:") throw new TypeError("Beacons are only supported over HTTP(S)");
    const given = isObject(data) || !isBody(data) ? data : toUSVString(data);
    const { body, type } = isBody(given) ? extractBody(given, true) : { body: null, type: null };
    const mode = type === null || op("noCORSSafelisted", "content-type", type) === "safelisted" ? "no-cors" : "cors";
    return startFetch({ method: "POST", url: u.href, mode, credentials: "include", redirect: "follow", cache: "", referrer: "", referrerPolicy: "", targetSpace: "",
      integrity: "" }, type === null ? [] : [["Content-Type", type]], fetchFlags.keepalive | fetchFlags.keepaliveImplied | fetchFlags.beacon, body ? body.bytes : null,
    (a, id) => op("bodyDrain", id)) !== 0;
  }
}
if (place.worker) finish(Navigator, "WorkerNavigator");
else {
  const page = Object.getOwnPropertyDescriptors(PageNavigator.prototype);
  delete page.constructor;
  Object.defineProperties(Navigator.prototype, page);
  finish(Navigator, "Navigator");
}
showGetters(Navigator, "userAgent");
makingNavigator = true;
const navigatorObject = new Navigator();
makingNavigator = false;
