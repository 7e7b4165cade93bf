// https://fetch.spec.whatwg.org/#fetch-method. What decides the outcome is Go's package fetch.
const fetchWaiters = new Map();
let fetchSerial = 0;
hooks.fetched = (id, answer) => {
  const w = fetchWaiters.get(id);
  fetchWaiters.delete(id);
  if (w) w(JSON.parse(answer), id);
  else op("bodyCancel", id, false);
};
// Starts a request and calls done with the answer and its number.
function startFetch(request, done) {
  const id = ++fetchSerial;
  fetchWaiters.set(id, done);
  op("fetch", id, JSON.stringify(request));
  return id;
}
function abortFetch(id) {
  fetchWaiters.delete(id);
  op("fetchAbort", id);
}
function fetchRecord(s, bytes) {
  return { method: s.method, url: s.url, headers: headerList(s.headers), body: bytes ? toBase64(bytes) : null, stream: !!s.body && s.body.bytes === null,
    mode: s.mode, credentials: s.credentials, redirect: s.redirect, cache: s.cache, referrer: s.referrer, referrerPolicy: s.referrerPolicy,
    keepalive: s.keepalive, integrity: s.integrity };
}
exposeFunction("fetch", function fetch(input, init = undefined) {
  const { promise, resolve, reject } = newPromise();
  let s;
  try {
    required(arguments, 1, "'fetch'");
    s = requestState(new Request(input, init));
  } catch (e) {
    reject(e);
    return promise;
  }
  const signal = requestAbortable(s);
  let id = 0, responseBody = null;
  const abort = () => {
    const reason = signal.reason;
    reject(reason);
    if (s.body?.stream && !streamOf(s.body.stream).reader) handled(s.body.stream.cancel(reason));
    if (responseBody) {
      responseBody.abortReason = { value: reason };
      responseBody.fail?.(reason);
      op("fetchAbort", id);
    } else if (id) abortFetch(id);
  };
  if (signal?.aborted) {
    abort();
    return promise;
  }
  if (signal) addAbortAlgorithm(signal, abort);
  const go = (bytes) => {
    if (signal?.aborted) return;
    id = startFetch(fetchRecord(s, bytes), (a, answered) => {
      if (a.error) {
        reject(new TypeError(a.error));
        return;
      }
      responseBody = a.hasBody ? { id: answered, bytes: null, used: false } : null;
      resolve(makeResponse({ type: a.type, url: a.url, redirected: a.redirected, status: a.status, statusText: a.statusText,
        headers: headersFrom(a.headers, "immutable"), body: responseBody }));
    });
  };
  if (!s.body) go(null);
  else if (s.body.bytes && !s.body.stream) {
    s.body.used = true;
    go(s.body.bytes);
  } else fullyRead(s.body, false, go, (e) => reject(e instanceof TypeError ? e : new TypeError("Failed to fetch")));
  return promise;
});
