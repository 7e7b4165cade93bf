// Writable streams, by the standard's algorithms. https://streams.spec.whatwg.org/#ws
let writableOf;
// A method of an underlying sink, source or transformer as a function that returns a promise.
function streamMethod(d, name, what) {
  const f = d[name];
  if (f === undefined) return undefined;
  if (typeof f !== "function") throw new TypeError(`The ${what}'s ${name} is not a function`);
  return (...args) => Reflect.apply(f, d, args);
}
function promised(f, ...args) {
  try {
    return resolvedPromise(f?.(...args));
  } catch (e) {
    return Promise.reject(e);
  }
}
// then() as the engine has it, whatever the page makes of Promise.prototype.
function upon(promise, f, g) {
  return Reflect.apply(promiseThen, promise, [f, g]);
}
// The same, for what becomes of it alone.
function react(promise, f, g) {
  handled(upon(promise, f, g));
}
function toStrategy(strategy, high) {
  const q = toDictionary(strategy, "QueuingStrategy");
  const given = q.highWaterMark, size = q.size;
  if (size !== undefined && typeof size !== "function") throw new TypeError("The size of the strategy is not a function");
  return { high: given === undefined ? high : Number(given), size };
}
function checkHighWaterMark(high) {
  if (Number.isNaN(high) || high < 0) throw new RangeError("The highWaterMark is not a positive number");
}
class WritableStream {
  #s;
  static {
    writableOf = (v) => isObject(v) && #s in v ? v.#s : null;
  }
  constructor(sink = undefined, strategy = undefined) {
    const d = sink === undefined ? {} : sink;
    if (!isObject(d)) throw new TypeError("The underlying sink is not an object");
    const q = toStrategy(strategy, 1);
    const abort = streamMethod(d, "abort", "sink"), close = streamMethod(d, "close", "sink"), start = streamMethod(d, "start", "sink");
    if (d.type !== undefined) throw new RangeError("The sink's type must be undefined");
    const write = streamMethod(d, "write", "sink");
    checkHighWaterMark(q.high);
    const s = this.#s = { state: "writable", error: undefined, writer: null, requests: [], writing: null, closing: null, closeRequest: null, aborting: null,
      backpressure: false, queue: [], total: 0, started: false, high: q.high, size: q.size, sink: { write, close, abort }, abort: new AbortController(), controller: null };
    s.controller = newWritableController(s);
    s.backpressure = isFull(s);
    react(resolvedPromise(start?.(s.controller)), () => {
      s.started = true;
      advanceQueue(s);
    }, (e) => {
      s.started = true;
      dealWithRejection(s, e);
    });
  }
  get locked() { return this.#s.writer !== null; }
  getWriter() { return new WritableStreamDefaultWriter(this); }
  abort(reason = undefined) {
    if (!writableOf(this)) return Promise.reject(new TypeError("Illegal invocation"));
    if (this.locked) return Promise.reject(new TypeError("Cannot abort a locked stream"));
    return abortWritable(this.#s, reason);
  }
  close() {
    if (!writableOf(this)) return Promise.reject(new TypeError("Illegal invocation"));
    if (this.locked) return Promise.reject(new TypeError("Cannot close a locked stream"));
    return closeWritable(this.#s);
  }
}
finish(WritableStream, "WritableStream");
let newWritableController;
class WritableStreamDefaultController {
  #s;
  static {
    newWritableController = (s) => {
      constructing = true;
      try {
        const c = new WritableStreamDefaultController();
        c.#s = s;
        return c;
      } finally {
        constructing = false;
      }
    };
  }
  constructor() { if (!constructing) throw new TypeError("Illegal constructor"); }
  get signal() { return this.#s.abort.signal; }
  error(e = undefined) { errorWritable(this.#s, e); }
}
finish(WritableStreamDefaultController, "WritableStreamDefaultController");
function isFull(s) {
  return s.high - s.total <= 0;
}
// The sink and the strategy are let go once nothing will be asked of them.
function clearSink(s) {
  s.sink = {};
  s.size = () => 1;
}
function errorWritable(s, e) {
  if (s.state !== "writable") return;
  clearSink(s);
  startErroring(s, e);
}
function startErroring(s, e) {
  s.state = "erroring";
  s.error = e;
  if (s.writer) rejectOf(s.writer, "ready", e);
  if (!s.writing && !s.closing && s.started) finishErroring(s);
}
function finishErroring(s) {
  s.state = "errored";
  s.queue = [];
  s.total = 0;
  for (const r of s.requests.splice(0)) r.reject(s.error);
  const a = s.aborting;
  s.aborting = null;
  if (!a) return rejectClosed(s);
  if (a.wasErroring) {
    a.reject(s.error);
    return rejectClosed(s);
  }
  const { abort } = s.sink;
  clearSink(s);
  react(promised(abort, a.reason), () => {
    a.resolve();
    rejectClosed(s);
  }, (e) => {
    a.reject(e);
    rejectClosed(s);
  });
}
function rejectClosed(s) {
  if (s.closeRequest) {
    s.closeRequest.reject(s.error);
    s.closeRequest = null;
  }
  if (s.writer) rejectOf(s.writer, "closed", s.error);
}
function dealWithRejection(s, e) {
  if (s.state === "writable") startErroring(s, e);
  else if (s.state === "erroring") finishErroring(s);
}
function closeQueued(s) {
  return s.closeRequest !== null || s.closing !== null;
}
function updateBackpressure(s) {
  const full = isFull(s);
  if (s.writer && full !== s.backpressure) {
    if (full) s.writer.ready = pendingPromise();
    else resolveOf(s.writer, "ready");
  }
  s.backpressure = full;
}
function advanceQueue(s) {
  if (!s.started || s.writing) return;
  if (s.state === "erroring") return finishErroring(s);
  if (!s.queue.length) return;
  const { chunk, close } = s.queue[0];
  if (close) {
    s.closing = s.closeRequest;
    s.closeRequest = null;
    dequeue(s);
    const p = promised(s.sink.close);
    clearSink(s);
    react(p, () => closed(s), (e) => {
      s.closing.reject(e);
      s.closing = null;
      s.aborting?.reject(e);
      s.aborting = null;
      dealWithRejection(s, e);
    });
    return;
  }
  s.writing = s.requests.shift();
  react(promised(s.sink.write, chunk, s.controller), () => {
    s.writing.resolve();
    s.writing = null;
    dequeue(s);
    if (!closeQueued(s) && s.state === "writable") updateBackpressure(s);
    advanceQueue(s);
  }, (e) => {
    if (s.state === "writable") clearSink(s);
    s.writing.reject(e);
    s.writing = null;
    dealWithRejection(s, e);
  });
}
function dequeue(s) {
  s.total = Math.max(0, s.total - s.queue.shift().size);
}
function closed(s) {
  s.closing.resolve();
  s.closing = null;
  if (s.state === "erroring") {
    s.error = undefined;
    s.aborting?.resolve();
    s.aborting = null;
  }
  s.state = "closed";
  if (s.writer) resolveOf(s.writer, "closed");
}
function closeWritable(s) {
  if (closeQueued(s) || s.state === "closed" || s.state === "errored") return Promise.reject(new TypeError(`The stream is ${closeQueued(s) ? "closing" : s.state}`));
  s.closeRequest = newPromise();
  const { promise } = s.closeRequest;
  if (s.writer && s.backpressure && s.state === "writable") resolveOf(s.writer, "ready");
  s.queue.push({ close: true, size: 0 });
  advanceQueue(s);
  return promise;
}
function abortWritable(s, reason) {
  if (s.state === "closed" || s.state === "errored") return resolvedPromise();
  signalAbort(s.abort.signal, reason);
  if (s.state === "closed" || s.state === "errored") return resolvedPromise();
  if (s.aborting) return s.aborting.promise;
  const wasErroring = s.state === "erroring";
  const a = s.aborting = { ...newPromise(), reason: wasErroring ? undefined : reason, wasErroring };
  if (!wasErroring) startErroring(s, reason);
  return a.promise;
}
// A writer's promises say whether they are pending still.
function pendingPromise() {
  const p = newPromise();
  p.pending = true;
  handled(p.promise);
  return p;
}
function resolveOf(w, name) {
  w[name].resolve();
  w[name].pending = false;
}
function rejectOf(w, name, e) {
  if (!w[name].pending) w[name] = pendingPromise();
  w[name].reject(e);
  w[name].pending = false;
}
let writerOf;
class WritableStreamDefaultWriter {
  #w;
  static {
    writerOf = (v) => isObject(v) && #w in v ? v.#w : null;
  }
  constructor(stream) {
    required(arguments, 1, "the WritableStreamDefaultWriter constructor");
    const s = writableOf(stream);
    if (!s) throw new TypeError("The argument is not a WritableStream");
    if (s.writer) throw new TypeError("The stream is locked to a writer already");
    const w = this.#w = s.writer = { stream: s, ready: pendingPromise(), closed: pendingPromise() };
    if (s.state === "closed" || s.state === "writable" && (closeQueued(s) || !s.backpressure)) resolveOf(w, "ready");
    if (s.state === "erroring" || s.state === "errored") rejectOf(w, "ready", s.error);
    if (s.state === "closed") resolveOf(w, "closed");
    if (s.state === "errored") rejectOf(w, "closed", s.error);
  }
  get closed() { return writerOf(this)?.closed.promise ?? Promise.reject(new TypeError("Illegal invocation")); }
  get ready() { return writerOf(this)?.ready.promise ?? Promise.reject(new TypeError("Illegal invocation")); }
  get desiredSize() {
    const s = this.#w.stream;
    if (!s) throw new TypeError("The writer was released");
    return s.state === "errored" || s.state === "erroring" ? null : s.state === "closed" ? 0 : s.high - s.total;
  }
  write(chunk = undefined) { return withStream(this, (s, w) => writeChunk(s, w, chunk)); }
  close() { return withStream(this, closeWritable); }
  abort(reason = undefined) { return withStream(this, (s) => abortWritable(s, reason)); }
  releaseLock() { releaseWriter(this.#w); }
}
finish(WritableStreamDefaultWriter, "WritableStreamDefaultWriter");
function releaseWriter(w) {
  if (!w.stream) return;
  const e = new TypeError("The writer was released");
  rejectOf(w, "ready", e);
  rejectOf(w, "closed", e);
  w.stream.writer = null;
  w.stream = null;
}
function withStream(writer, f) {
  const w = writerOf(writer);
  if (!w) return Promise.reject(new TypeError("Illegal invocation"));
  return w.stream ? f(w.stream, w) : Promise.reject(new TypeError("The writer was released"));
}
function writeChunk(s, w, chunk) {
  let size = 1;
  try {
    if (s.size !== undefined) size = Number((0, s.size)(chunk));
  } catch (e) {
    errorWritable(s, e);
  }
  if (w.stream !== s) return Promise.reject(new TypeError("The writer was released"));
  if (s.state === "errored") return Promise.reject(s.error);
  if (closeQueued(s) || s.state === "closed") return Promise.reject(new TypeError("The stream is closing"));
  if (s.state === "erroring") return Promise.reject(s.error);
  const r = newPromise();
  s.requests.push(r);
  if (Number.isNaN(size) || size < 0 || size === Infinity) {
    errorWritable(s, new RangeError("The size of a chunk is not a number"));
    return r.promise;
  }
  s.queue.push({ chunk, size });
  s.total += size;
  if (!closeQueued(s) && s.state === "writable") updateBackpressure(s);
  advanceQueue(s);
  return r.promise;
}
