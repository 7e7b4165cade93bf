// https://w3c.github.io/hr-time/ and https://w3c.github.io/user-timing/. The network's times are not told.
const timeOrigin = Date.now() - op("now"), maxEntries = 10000;
let makingPerformance = false;
class PerformanceEntry {
  #d;
  constructor(entryType, name, startTime, duration, detail) {
    if (!makingPerformance) throw new TypeError("Illegal constructor");
    this.#d = { name, entryType, startTime, duration, detail };
  }
  get name() { return this.#d.name; }
  get entryType() { return this.#d.entryType; }
  get startTime() { return this.#d.startTime; }
  get duration() { return this.#d.duration; }
  get detail() { return this.#d.detail; }
  toJSON() { return { ...this.#d }; }
}
finish(PerformanceEntry, "PerformanceEntry");
showGetters(PerformanceEntry, "name", "entryType", "startTime", "duration");
class Performance extends EventTarget {
  #entries = [];
  constructor() {
    if (!makingPerformance) throw new TypeError("Illegal constructor");
    super();
  }
  get timeOrigin() {
    this.#entries;
    return timeOrigin;
  }
  now() {
    this.#entries;
    return op("now");
  }
  toJSON() { return { timeOrigin: this.timeOrigin }; }
  mark(name, options = undefined) {
    required(arguments, 1, "'mark' on 'Performance'");
    const text = toDOMString(name), d = toDictionary(options, "PerformanceMarkOptions");
    const at = d.startTime === undefined ? op("now") : Number(d.startTime);
    if (!(at >= 0)) throw new TypeError("The start time is not a positive number");
    return this.#add("mark", text, at, 0, d.detail);
  }
  measure(name, from = undefined, to = undefined) {
    required(arguments, 1, "'measure' on 'Performance'");
    const text = toDOMString(name), d = isObject(from) ? from : { start: from, end: to };
    const at = (v, otherwise) => v === undefined ? otherwise : typeof v === "number" ? v : this.#marked(toDOMString(v));
    const end = d.end === undefined && d.start !== undefined && d.duration !== undefined ? at(d.start) + Number(d.duration) : at(d.end, op("now"));
    const start = d.start === undefined && d.duration !== undefined ? end - Number(d.duration) : at(d.start, 0);
    return this.#add("measure", text, start, end - start, d.detail);
  }
  clearMarks(name = undefined) { this.#clear("mark", name); }
  clearMeasures(name = undefined) { this.#clear("measure", name); }
  getEntries() { return this.#sorted(() => true); }
  getEntriesByType(type) {
    required(arguments, 1, "'getEntriesByType' on 'Performance'");
    const t = toDOMString(type);
    return this.#sorted((e) => e.entryType === t);
  }
  getEntriesByName(name, type = undefined) {
    required(arguments, 1, "'getEntriesByName' on 'Performance'");
    const n = toDOMString(name), t = type === undefined ? undefined : toDOMString(type);
    return this.#sorted((e) => e.name === n && (t === undefined || e.entryType === t));
  }
  #sorted(keep) { return this.#entries.filter(keep).sort((a, b) => a.startTime - b.startTime); }
  #clear(type, name) {
    const n = name === undefined ? undefined : toDOMString(name);
    this.#entries = this.#entries.filter((e) => e.entryType !== type || n !== undefined && e.name !== n);
  }
  #marked(name) {
    const e = this.#entries.findLast((x) => x.entryType === "mark" && x.name === name);
    if (!e) throw new DOMException(`The mark '${name}' does not exist.`, "SyntaxError");
    return e.startTime;
  }
  #add(type, name, start, duration, detail) {
    const e = makePerformance(() => new PerformanceEntry(type, name, start, duration, detail === undefined ? null : cloneValue(detail, new Map())));
    if (this.#entries.length < maxEntries) this.#entries.push(e);
    return e;
  }
}
finish(Performance, "Performance");
function makePerformance(make) {
  makingPerformance = true;
  try {
    return make();
  } finally {
    makingPerformance = false;
  }
}
replaceable("performance", makePerformance(() => new Performance()));
