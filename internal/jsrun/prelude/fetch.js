// https://fetch.spec.whatwg.org/#fetch-method. What decides the outcome is Go's package fetch.
const fetchWaiters = new Map();
let fetchSerial = 0;
// The answer is an error's text, or the lines of answerOf in Go; inHand is its body where that came with it.
function fetched(id, answer, inHand) {
  const p = plainWaiters.get(id);
  if (p !== undefined) {
    plainWaiters.delete(id);
    return settlePlain(p, id, answer, inHand);
  }
  const w = fetchWaiters.get(id);
  fetchWaiters.delete(id);
  uploadWaiters.delete(id);
  if (w) w(parseAnswer(answer), id, inHand);
  else op("bodyCancel", id, false);
}
// Who wants to know how much of a request's body has gone out.
const uploadWaiters = new Map();
hooks.uploaded = (id, sent) => uploadWaiters.get(id)?.(sent);
// Its headers stay text until somebody asks for them.
function parseAnswer(answer) {
  const lines = answer.split("\n", 5), type = lines[0], flags = +lines[4];
  if (type === "error") return { error: lines[2] };
  return { error: null, type, status: +lines[1], statusText: lines[2], url: lines[3], redirected: (flags & 1) !== 0, hasBody: (flags & 2) !== 0, answer,
    headers: null, body: null };
}
function answerHeaders(answer) {
  const lines = answer.split("\n"), headers = [];
  for (let i = 5; i < lines.length; i++) {
    const line = lines[i], at = line.indexOf(":");
    headers.push([line.slice(0, at), line.slice(at + 1)]);
  }
  return headers;
}
// What opFetch and opFetchSync take of a request. No member but integrity can hold a line's end.
const fetchFlags = { keepalive: 1, stream: 2, uploadListener: 4, urlCredentials: 8, inHand: 16, keepaliveImplied: 32, beacon: 64 };
function requestLines(s, headers) {
  let lines = `${s.method}\n${s.url}\n${s.mode}\n${s.credentials}\n${s.redirect}\n${s.cache}\n${s.referrer}\n${s.referrerPolicy}\n${s.targetSpace}\n${s.bodyType ?? ""}`;
  if (s.lines !== undefined) return lines + s.lines;
  for (let i = 0; i < headers.length; i++) lines += `\n${headers[i][0]}:${headers[i][1]}`;
  return lines;
}
// Starts a request and calls done with the answer, its number, and its body where that came with it. Returns its number, or 0 for a beacon
// that is too large.
function startFetch(s, headers, flags, bytes, done) {
  const id = ++fetchSerial;
  fetchWaiters.set(id, done);
  if (op("fetch", id, requestLines(s, headers), flags, s.integrity, bytes ? toBase64(bytes) : null, s.entry ? s.entry.id : 0) === false) {
    fetchWaiters.delete(id);
    return 0;
  }
  return id;
}
function abortFetch(id) {
  fetchWaiters.delete(id);
  uploadWaiters.delete(id);
  op("fetchAbort", id);
}
// Most fetches have a URL, headers and a method: they cross to Go once, as they were given, and no state of a request is made.
const plainWaiters = new Map();
// Starts such a request; false for one that needs a second look. given are the headers as convertHeadersInit returns them.
function startPlain(promised, url, method, given) {
  if (method === "") return false;
  const id = ++fetchSerial;
  // A template would be a call of String.prototype.concat in this engine.
  let lines = id + "\n" + (method === undefined ? "" : method) + "\n", n = 0;
  if (given !== undefined) {
    n = given.length;
    for (let i = 0; i < n; i++) {
      const p = given[i];
      if (p.length !== 2) return false;
      lines += p[0] + "\n" + p[1] + "\n";
    }
  }
  if (!plainToGo(lines + url, n)) return false;
  plainWaiters.set(id, promised);
  return true;
}
function settlePlain(promised, id, answer, inHand) {
  if (typeof inHand === "string") promised.resolve(makeResponse({ answer, status: undefined, headers: null, body: { id, bytes: null, inHand, used: false } }));
  else {
    const a = parseAnswer(answer);
    if (a.error !== null) return promised.reject(new TypeError(a.error));
    if (a.hasBody) a.body = { id, bytes: null, inHand, used: false };
    promised.resolve(makeResponse(a));
  }
}
exposeFunction("fetch", function fetch(input, init = undefined) {
  const promised = newPromise(), promise = promised.promise;
  let s, keepalive = 0;
  try {
    if (this !== undefined) ofGlobal(this, "fetch");
    required(arguments, 1, "'fetch'");
    const url = typeof input === "string" ? input : requestState(input) ? null : toUSVString(input);
    const d = toRequestInit(init), given = convertHeadersInit(d.headers, toDOMString);
    if (d.plain && url !== null && startPlain(promised, url, d.method, given)) return promise;
    s = requestStateOf(input, url === null ? null : url.toWellFormed(), d, given, true);
    if (s.keepalive) keepalive = fetchFlags.keepalive | (d.keepalive === undefined ? fetchFlags.keepaliveImplied : 0);
  } catch (e) {
    promised.reject(e);
    return promise;
  }
  const { resolve, reject } = promised;
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
    const flags = keepalive | (s.body && s.body.bytes === null ? fetchFlags.stream : 0) | fetchFlags.inHand;
    id = startFetch(s, s.lines === undefined ? headerList(s.headers) : null, flags, bytes, (a, answered, inHand) => {
      if (a.error !== null) {
        reject(new TypeError(a.error));
        return;
      }
      if (a.hasBody) a.body = responseBody = { id: answered, bytes: null, inHand, used: false };
      resolve(makeResponse(a));
    });
  };
  if (s.body && s.body.bytes === null && place.streams === "refused") {
    reject(new DOMException("ReadableStream uploading is not supported", "NotSupportedError"));
    return promise;
  }
  if (!s.body) go(null);
  else if (s.body.bytes && !s.body.stream) {
    s.body.used = true;
    go(s.body.bytes);
  } else fullyRead(s.body, false, go, (e) => reject(e instanceof TypeError ? e : new TypeError("Failed to fetch")));
  return promise;
});
