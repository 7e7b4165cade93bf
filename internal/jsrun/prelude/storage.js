// https://html.spec.whatwg.org/#the-storage-interface. It is empty at first, and nothing of it is kept.
const storages = new WeakMap();
const maxStorage = 5 << 20; // characters, as in browsers
let makingStorage = false;
class Storage {
  constructor() { if (!makingStorage) throw new TypeError("Illegal constructor"); }
  get length() { return storageOf(this).size; }
  key(index) {
    required(arguments, 1, "'key' on 'Storage'");
    return [...storageOf(this).keys()][toUnsignedLong(index)] ?? null;
  }
  getItem(key) {
    required(arguments, 1, "'getItem' on 'Storage'");
    return storageOf(this).get(toDOMString(key)) ?? null;
  }
  setItem(key, value) {
    required(arguments, 2, "'setItem' on 'Storage'");
    const items = storageOf(this), k = toDOMString(key), v = toDOMString(value);
    let size = k.length + v.length;
    for (const [name, old] of items) if (name !== k) size += name.length + old.length;
    if (size > maxStorage) throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    items.set(k, v);
  }
  removeItem(key) {
    required(arguments, 1, "'removeItem' on 'Storage'");
    storageOf(this).delete(toDOMString(key));
  }
  clear() { storageOf(this).clear(); }
}
finish(Storage, "Storage");
function storageOf(object) {
  const items = storages.get(object);
  if (!items) throw new TypeError("Illegal invocation");
  return items;
}
// The items are properties too, but for those whose names the class has taken. https://webidl.spec.whatwg.org/#LegacyOverrideBuiltIns
function makeStorage() {
  makingStorage = true;
  const target = new Storage(), items = new Map();
  makingStorage = false;
  const isItem = (key) => typeof key === "string" && items.has(key) && !(key in target);
  const storage = new Proxy(target, {
    get: (t, key, self) => isItem(key) ? items.get(key) : Reflect.get(t, key, self),
    has: (t, key) => isItem(key) || Reflect.has(t, key),
    set(t, key, value, self) {
      if (typeof key !== "string" || key in t) return Reflect.set(t, key, value, self);
      Storage.prototype.setItem.call(storage, key, value);
      return true;
    },
    defineProperty(t, key, d) {
      if (typeof key !== "string" || !("value" in d)) return Reflect.defineProperty(t, key, d);
      Storage.prototype.setItem.call(storage, key, d.value);
      return true;
    },
    deleteProperty: (t, key) => isItem(key) ? items.delete(key) : Reflect.deleteProperty(t, key),
    ownKeys: (t) => [...[...items.keys()].filter(isItem), ...Reflect.ownKeys(t)],
    getOwnPropertyDescriptor: (t, key) => isItem(key) ? { value: items.get(key), writable: true, enumerable: true, configurable: true } :
      Reflect.getOwnPropertyDescriptor(t, key),
  });
  storages.set(storage, items);
  return storage;
}
function pageStorage(name) {
  let storage;
  getter(name, () => {
    if (place.origin === "null") throw new DOMException(`Failed to read '${name}' from 'Window': a page of an opaque origin has none`, "SecurityError");
    return storage ??= makeStorage();
  });
}
