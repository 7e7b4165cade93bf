// https://w3c.github.io/hr-time/
const performanceObject = new EventTarget();
const timeOrigin = Date.now() - op("now");
for (const [key, value] of Object.entries({
  now() { return op("now"); }, timeOrigin, toJSON() { return { timeOrigin }; }, mark() {}, measure() {}, getEntries() { return []; },
  getEntriesByName() { return []; }, getEntriesByType() { return []; },
})) Reflect.defineProperty(performanceObject, key, { value, enumerable: true, configurable: true, writable: true });
exposeFunction("performance", performanceObject);
