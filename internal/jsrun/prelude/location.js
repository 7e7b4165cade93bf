// https://html.spec.whatwg.org/#the-location-interface, without navigation.
const here = new URL(place.url);
let makingLocation = false;
class Location {
  constructor() { if (!makingLocation) throw new TypeError("Illegal constructor"); }
  get href() { return here.href; }
  get origin() { return here.origin; }
  get protocol() { return here.protocol; }
  get host() { return here.host; }
  get hostname() { return here.hostname; }
  get port() { return here.port; }
  get pathname() { return here.pathname; }
  get search() { return here.search; }
  get hash() { return here.hash; }
  toString() { return here.href; }
  assign() { noNavigation(); }
  replace() { noNavigation(); }
  reload() { noNavigation(); }
}
for (const key of ["href", "protocol", "host", "hostname", "port", "pathname", "search", "hash"]) {
  const d = Reflect.getOwnPropertyDescriptor(Location.prototype, key);
  d.set = function () { noNavigation(); };
  Reflect.defineProperty(Location.prototype, key, d);
}
function noNavigation() {
  throw new DOMException("A script that corscope runs cannot leave its page", "NotSupportedError");
}
finish(Location, "Location");
showGetters(Location, "href");
makingLocation = true;
const location = new Location();
makingLocation = false;
// [LegacyUnforgeable]: its members are properties of the object itself, which JSON and Object.keys see.
for (const key of Reflect.ownKeys(Location.prototype)) {
  if (typeof key === "symbol" || key === "constructor") continue;
  const d = Reflect.getOwnPropertyDescriptor(Location.prototype, key);
  delete Location.prototype[key];
  Reflect.defineProperty(location, key, "value" in d ? { ...d, writable: false, configurable: false } : { ...d, configurable: false });
}
