// What elements and fonts fetch. Go makes the request, and says what the answer is good for. https://html.spec.whatwg.org/#create-a-potential-cors-request
const waiting = new Map();
hooks.loaded = (id, loaded) => {
  const take = waiting.get(id);
  waiting.delete(id);
  take?.(loaded);
};
// take is given what was loaded, or null. Returns the number by which it can be given up.
function load({ what, initiator, url, destination, cors, integrity, referrerPolicy }, take) {
  const id = nextFetchID();
  waiting.set(id, take);
  op("load", id, what, initiator, url, destination ?? "", cors ?? "", integrity ?? "", referrerPolicy ?? "");
  return id;
}
function giveUp(id) {
  waiting.delete(id);
  op("fetchAbort", id);
}
function microtask(f) { Reflect.apply(promiseThen, resolvedPromise(), [f]); }
