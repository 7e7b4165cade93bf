// Transform streams, by the standard's algorithms. https://streams.spec.whatwg.org/#ts
let newTransformController;
class TransformStreamDefaultController {
  #t;
  static {
    newTransformController = (t) => {
      constructing = true;
      try {
        const c = new TransformStreamDefaultController();
        c.#t = t;
        return c;
      } finally {
        constructing = false;
      }
    };
  }
  constructor() { if (!constructing) throw new TypeError("Illegal constructor"); }
  get desiredSize() { return this.#t.out.desiredSize; }
  enqueue(chunk = undefined) {
    const t = this.#t, s = streamOf(t.readable);
    if (s.state !== "readable" || s.closing) throw new TypeError("The stream is not in a state that permits enqueue");
    try {
      enqueueChunk(s, chunk);
    } catch (e) {
      errorInput(t, e);
      throw s.error;
    }
    if (!wantsMore(s) && !t.backpressure) setBackpressure(t, true);
  }
  error(e = undefined) { errorTransform(this.#t, e); }
  terminate() {
    endOutput(this.#t);
    errorInput(this.#t, new TypeError("The transform stream was terminated"));
  }
}
finish(TransformStreamDefaultController, "TransformStreamDefaultController");
function setBackpressure(t, full) {
  t.change?.resolve();
  t.change = newPromise();
  t.backpressure = full;
}
function endOutput(t) {
  const s = streamOf(t.readable);
  if (s.state === "readable" && !s.closing) t.out.close();
}
function errorInput(t, e) {
  t.methods = {};
  errorWritable(writableOf(t.writable), e);
  if (t.backpressure) setBackpressure(t, false);
}
function errorTransform(t, e) {
  errorStream(streamOf(t.readable), e);
  errorInput(t, e);
}
function transformChunk(t, chunk) {
  return upon(promised(t.methods.transform, chunk, t.controller), undefined, (e) => {
    errorTransform(t, e);
    throw e;
  });
}
// Ends a transform stream once, by what is left to do and what becomes of the two sides then.
function finishTransform(t, f, arg, done, failed) {
  if (t.finished) return t.finished.promise;
  const end = t.finished = newPromise();
  const p = promised(f, arg);
  t.methods = {};
  react(p, () => {
    const e = done();
    if (e) end.reject(e.error);
    else end.resolve();
  }, (e) => {
    failed(e);
    end.reject(e);
  });
  return end.promise;
}
class TransformStream {
  #t;
  constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
    const d = transformer === undefined || transformer === null ? {} : transformer;
    if (!isObject(d)) throw new TypeError("The transformer is not an object");
    const inQ = toStrategy(writableStrategy, 1), outQ = toStrategy(readableStrategy, 0);
    const method = (name) => streamMethod(d, name, "transformer");
    const cancel = method("cancel"), flush = method("flush");
    if (d.readableType !== undefined) throw new RangeError("The transformer's readableType must be undefined");
    const start = method("start"), transform = method("transform");
    if (d.writableType !== undefined) throw new RangeError("The transformer's writableType must be undefined");
    checkHighWaterMark(outQ.high);
    checkHighWaterMark(inQ.high);
    const begun = newPromise(), t = this.#t = { readable: null, writable: null, out: null, change: null, backpressure: false, controller: null, finished: null,
      methods: { transform: transform ?? ((chunk, c) => c.enqueue(chunk)), flush, cancel } };
    const output = () => streamOf(t.readable), input = () => writableOf(t.writable);
    const failOutput = (e) => errorStream(output(), e);
    t.writable = new WritableStream({
      start: () => begun.promise,
      write(chunk) {
        if (!t.backpressure) return transformChunk(t, chunk);
        return upon(t.change.promise, () => {
          if (input().state === "erroring") throw input().error;
          return transformChunk(t, chunk);
        });
      },
      close: () => finishTransform(t, t.methods.flush, t.controller, () => {
        if (output().state === "errored") return { error: output().error };
        endOutput(t);
      }, failOutput),
      abort: (reason) => finishTransform(t, t.methods.cancel, reason, () => {
        if (output().state === "errored") return { error: output().error };
        failOutput(reason);
      }, failOutput),
    }, { highWaterMark: inQ.high, size: inQ.size });
    const failInput = (e) => {
      errorWritable(input(), e);
      if (t.backpressure) setBackpressure(t, false);
    };
    t.readable = new ReadableStream({
      start(c) {
        t.out = c;
        return begun.promise;
      },
      pull() {
        setBackpressure(t, false);
        return t.change.promise;
      },
      cancel: (reason) => finishTransform(t, t.methods.cancel, reason, () => {
        if (input().state === "errored") return { error: input().error };
        failInput(reason);
      }, failInput),
    }, { highWaterMark: outQ.high, size: outQ.size });
    setBackpressure(t, true);
    t.controller = newTransformController(t);
    begun.resolve(start?.(t.controller));
  }
  get readable() { return this.#t.readable; }
  get writable() { return this.#t.writable; }
}
finish(TransformStream, "TransformStream");
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
