// Writable and transform streams, as far as pipes from bodies need them: one write at a time, in order.
// https://streams.spec.whatwg.org/#ws and #ts
let writableOf;
class WritableStream {
  #s;
  static {
    writableOf = (v) => isObject(v) && #s in v ? v.#s : null;
  }
  constructor(sink = undefined, strategy = undefined) {
    const d = sink === undefined ? {} : sink;
    if (!isObject(d)) throw new TypeError("The underlying sink is not an object");
    if (d.type !== undefined) throw new RangeError("The sink's type must be undefined");
    const q = toDictionary(strategy, "QueuingStrategy");
    const high = q.highWaterMark === undefined ? 1 : Number(q.highWaterMark);
    if (Number.isNaN(high) || high < 0) throw new RangeError("The highWaterMark is not a positive number");
    const method = (name) => {
      const f = d[name];
      if (f === undefined) return () => undefined;
      if (typeof f !== "function") throw new TypeError(`The sink's ${name} is not a function`);
      return (...args) => Reflect.apply(f, d, args);
    };
    const s = this.#s = { sink: { write: method("write"), close: method("close"), abort: method("abort") }, high, size: q.size, pending: 0,
      state: "writable", error: undefined, closing: false, writer: null, closed: newPromise(), ready: newPromise(), chain: null, full: false, abort: new AbortController() };
    handled(s.closed.promise);
    handled(s.ready.promise);
    s.controller = Object.freeze({ error: (e) => errorWritable(s, e), signal: s.abort.signal });
    s.chain = Promise.resolve(method("start")(s.controller));
    s.chain = s.chain.catch((e) => errorWritable(s, e));
    updateReady(s);
  }
  get locked() { return this.#s.writer !== null; }
  getWriter() { return new WritableStreamDefaultWriter(this); }
  abort(reason = undefined) {
    if (this.locked) return Promise.reject(new TypeError("Cannot abort a locked stream"));
    return abortWritable(this.#s, reason);
  }
  close() {
    if (this.locked) return Promise.reject(new TypeError("Cannot close a locked stream"));
    return closeWritable(this.#s);
  }
}
finish(WritableStream, "WritableStream");
function updateReady(s) {
  const wants = s.state !== "writable" || s.high - s.pending > 0;
  if (wants) {
    s.ready.resolve();
    s.full = false;
  } else if (!s.full) {
    s.full = true;
    s.ready = newPromise();
    handled(s.ready.promise);
  }
}
function errorWritable(s, e) {
  if (s.state !== "writable") return;
  s.state = "errored";
  s.error = e;
  s.closed.reject(e);
  if (!s.full) {
    s.ready = newPromise();
    handled(s.ready.promise);
  }
  s.ready.reject(e);
}
function writeWritable(s, chunk) {
  if (s.state === "errored") return Promise.reject(s.error);
  if (s.closing || s.state === "closed") return Promise.reject(new TypeError("The stream is closing"));
  let size = 1;
  try {
    if (s.size !== undefined) size = Number((0, s.size)(chunk));
  } catch (e) {
    errorWritable(s, e);
    return Promise.reject(e);
  }
  s.pending += size;
  updateReady(s);
  const done = s.chain.then(() => {
    if (s.state === "errored") throw s.error;
    return s.sink.write(chunk, s.controller);
  }).then(() => {
    s.pending -= size;
    updateReady(s);
  }, (e) => {
    errorWritable(s, e);
    throw e;
  });
  s.chain = handled(done).catch(() => {});
  return done;
}
function closeWritable(s) {
  if (s.state === "errored") return Promise.reject(s.error);
  if (s.closing || s.state === "closed") return Promise.reject(new TypeError("The stream is closing"));
  s.closing = true;
  const done = s.chain.then(() => {
    if (s.state === "errored") throw s.error;
    return s.sink.close();
  }).then(() => {
    s.state = "closed";
    s.closed.resolve();
    updateReady(s);
  }, (e) => {
    errorWritable(s, e);
    throw e;
  });
  s.chain = handled(done).catch(() => {});
  return done;
}
async function abortWritable(s, reason) {
  if (s.state !== "writable") return;
  errorWritable(s, reason);
  s.abort.abort(reason);
  await s.chain;
  await s.sink.abort(reason);
}
class WritableStreamDefaultWriter {
  #s;
  constructor(stream) {
    const s = writableOf(stream);
    if (!s) throw new TypeError("The argument is not a WritableStream");
    if (s.writer) throw new TypeError("The stream is locked to a writer already");
    this.#s = s;
    s.writer = this;
  }
  #live() {
    if (!this.#s) throw new TypeError("The writer was released");
    return this.#s;
  }
  get closed() { return this.#s ? this.#s.closed.promise : Promise.reject(new TypeError("The writer was released")); }
  get ready() { return this.#s ? this.#s.ready.promise : Promise.reject(new TypeError("The writer was released")); }
  get desiredSize() {
    const s = this.#live();
    return s.state === "errored" ? null : s.state === "closed" ? 0 : s.high - s.pending;
  }
  async write(chunk = undefined) { await writeWritable(this.#live(), chunk); }
  async close() { await closeWritable(this.#live()); }
  async abort(reason = undefined) { await abortWritable(this.#live(), reason); }
  releaseLock() {
    if (!this.#s) return;
    this.#s.writer = null;
    this.#s = null;
  }
}
finish(WritableStreamDefaultWriter, "WritableStreamDefaultWriter");
class TransformStream {
  #readable;
  #writable;
  constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
    const d = transformer === undefined || transformer === null ? {} : transformer;
    if (!isObject(d)) throw new TypeError("The transformer is not an object");
    const method = (name, fallback) => {
      const f = d[name];
      if (f === undefined) return fallback;
      if (typeof f !== "function") throw new TypeError(`The transformer's ${name} is not a function`);
      return (...args) => Reflect.apply(f, d, args);
    };
    const transform = method("transform", (chunk, c) => c.enqueue(chunk)), flush = method("flush", () => {});
    const start = method("start", () => {});
    let out, wanted = newPromise(), inner;
    this.#readable = new ReadableStream({
      start(c) { out = c; },
      pull() { wanted.resolve(); },
      cancel: (reason) => abortWritable(inner, reason),
    }, readableStrategy ?? { highWaterMark: 0 });
    const controller = Object.freeze({
      enqueue: (chunk) => out.enqueue(chunk),
      error(e) {
        out.error(e);
        errorWritable(inner, e);
      },
      terminate() {
        out.close();
        errorWritable(inner, new TypeError("The transform stream was terminated"));
      },
      get desiredSize() { return out.desiredSize; },
    });
    const failing = async (f) => {
      try {
        await f();
      } catch (e) {
        out.error(e);
        throw e;
      }
    };
    this.#writable = new WritableStream({
      start: () => start(controller),
      write: (chunk) => failing(async () => {
        const s = streamOf(this.#readable);
        if (!s.reader?.requests.length && out.desiredSize <= 0) {
          wanted = newPromise();
          await wanted.promise;
        }
        await transform(chunk, controller);
      }),
      close: () => failing(async () => {
        await flush(controller);
        if (streamOf(this.#readable).state === "readable" && !streamOf(this.#readable).closing) out.close();
      }),
      abort: (reason) => out.error(reason),
    }, writableStrategy);
    inner = writableOf(this.#writable);
  }
  get readable() { return this.#readable; }
  get writable() { return this.#writable; }
}
finish(TransformStream, "TransformStream");
// https://streams.spec.whatwg.org/#readable-stream-pipe-to
async function pipe(from, to, options) {
  const reader = from.getReader(), writer = to.getWriter(), { signal } = options;
  let stop = null;
  const remove = signal && addAbortAlgorithm(signal, () => stop?.());
  try {
    const aborted = signal && new Promise((_, reject) => {
      stop = () => reject(signal.reason);
      if (signal.aborted) stop();
    });
    const unless = (p) => aborted ? Promise.race([p, aborted]) : p;
    for (;;) {
      await unless(writer.ready);
      let step;
      try {
        step = await unless(Promise.race([reader.read(), writer.closed.then(() => ({ closed: true }))]));
      } catch (e) {
        const failed = writableOf(to);
        if (!options.preventAbort && failed.state === "writable") await writer.abort(e);
        throw e;
      }
      if (step.closed) throw new TypeError("The destination is closed");
      if (step.done) {
        if (!options.preventClose) await writer.close();
        return;
      }
      handled(writer.write(step.value));
    }
  } catch (e) {
    if (!options.preventCancel && streamOf(from).state === "readable") await reader.cancel(e);
    if (!options.preventAbort && signal?.aborted && writableOf(to).state === "writable") await writer.abort(e);
    throw e;
  } finally {
    remove?.();
    reader.releaseLock();
    writer.releaseLock();
  }
}
function toPipeOptions(v) {
  const d = toDictionary(v, "StreamPipeOptions");
  const o = { preventAbort: !!d.preventAbort, preventCancel: !!d.preventCancel, preventClose: !!d.preventClose, signal: d.signal };
  if (o.signal !== undefined && !(o.signal instanceof AbortSignal)) throw new TypeError("The member signal is not an AbortSignal");
  return o;
}
Object.assign(ReadableStream.prototype, {
  async pipeTo(destination, options = undefined) {
    if (!streamOf(this)) throw new TypeError("Illegal invocation");
    if (!writableOf(destination)) throw new TypeError("The destination is not a WritableStream");
    const o = toPipeOptions(options);
    if (this.locked || destination.locked) throw new TypeError("The stream is locked");
    streamOf(this).disturbed = true;
    await pipe(this, destination, o);
  },
  pipeThrough(pair, options = undefined) {
    const { readable, writable } = toDictionary(pair, "ReadableWritablePair");
    if (!streamOf(readable) || !writableOf(writable)) throw new TypeError("The argument is not a pair of streams");
    const o = toPipeOptions(options);
    if (this.locked || writable.locked) throw new TypeError("The stream is locked");
    streamOf(this).disturbed = true;
    handled(pipe(this, writable, o));
    return readable;
  },
});
// https://encoding.spec.whatwg.org/#interface-textdecoderstream
class TextDecoderStream {
  #decoder;
  #transform;
  constructor(labelText = "utf-8", options = undefined) {
    const decoder = this.#decoder = new TextDecoder(labelText, options);
    this.#transform = new TransformStream({
      transform(chunk, c) {
        if (!isBufferSource(chunk)) throw new TypeError("The chunk is not a BufferSource");
        const text = decoder.decode(chunk, { stream: true });
        if (text) c.enqueue(text);
      },
      flush(c) {
        const text = decoder.decode();
        if (text) c.enqueue(text);
      },
    });
  }
  get encoding() { return this.#decoder.encoding; }
  get fatal() { return this.#decoder.fatal; }
  get ignoreBOM() { return this.#decoder.ignoreBOM; }
  get readable() { return this.#transform.readable; }
  get writable() { return this.#transform.writable; }
}
finish(TextDecoderStream, "TextDecoderStream");
class TextEncoderStream {
  #transform;
  constructor() {
    let high = "";
    this.#transform = new TransformStream({
      transform(chunk, c) {
        let text = high + toDOMString(chunk);
        high = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : "";
        if (high) text = text.slice(0, -1);
        if (text) c.enqueue(utf8Encode(text.toWellFormed()));
      },
      flush(c) { if (high) c.enqueue(utf8Encode("\ufffd")); },
    });
  }
  get encoding() { return "utf-8"; }
  get readable() { return this.#transform.readable; }
  get writable() { return this.#transform.writable; }
}
finish(TextEncoderStream, "TextEncoderStream");
