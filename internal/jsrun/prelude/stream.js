// Readable streams with the default reader and controller; byte_stream.js has those of bytes.
// https://streams.spec.whatwg.org/#rs
let streamOf, readerOf, byobReaderOf;
const newPromise = Promise.withResolvers.bind(Promise);
class ReadableStream {
  #s;
  static {
    streamOf = (v) => isObject(v) && #s in v ? v.#s : null;
  }
  constructor(source = undefined, strategy = undefined) {
    const d = source === undefined ? {} : source;
    if (!isObject(d)) throw new TypeError("The underlying source is not an object");
    const q = toDictionary(strategy, "QueuingStrategy");
    const given = q.highWaterMark, size = q.size;
    const auto = d.autoAllocateChunkSize;
    const autoAllocate = auto === undefined ? undefined : toEnforced(auto, 2 ** 53 - 1, "autoAllocateChunkSize");
    const bytes = d.type !== undefined;
    if (bytes && toDOMString(d.type) !== "bytes") throw new TypeError(`'${d.type}' is not a valid type of a stream`);
    if (bytes && size !== undefined) throw new RangeError("A stream of bytes has no size function");
    const high = given === undefined ? bytes ? 0 : 1 : Number(given);
    if (Number.isNaN(high) || high < 0) throw new RangeError("The highWaterMark is not a positive number");
    if (bytes && autoAllocate === 0) throw new TypeError("autoAllocateChunkSize is 0");
    const method = (name) => {
      const f = d[name];
      if (f === undefined) return undefined;
      if (typeof f !== "function") throw new TypeError(`The source's ${name} is not a function`);
      return (...args) => Reflect.apply(f, d, args);
    };
    this.#s = makeStream(this, { start: method("start"), pull: method("pull"), cancel: method("cancel") }, high, size);
    this.#s.bytes = bytes;
    this.#s.autoAllocate = autoAllocate;
    startStream(this.#s);
  }
  static from(iterable) {
    if (!isObject(iterable) && typeof iterable !== "string") throw new TypeError("The argument is not iterable");
    const method = iterable[Symbol.asyncIterator] ?? iterable[Symbol.iterator];
    if (typeof method !== "function") throw new TypeError("The argument is not iterable");
    const it = Reflect.apply(method, iterable, []);
    return new ReadableStream({
      async pull(c) {
        const step = await it.next();
        if (!isObject(step)) throw new TypeError("The iterator's result is not an object");
        if (step.done) c.close();
        else c.enqueue(await step.value);
      },
      async cancel(reason) { if (typeof it.return === "function") await it.return(reason); },
    }, { highWaterMark: 0 });
  }
  get locked() { return this.#s.reader !== null; }
  cancel(reason = undefined) {
    if (!streamOf(this)) return Promise.reject(new TypeError("Illegal invocation"));
    if (this.locked) return Promise.reject(new TypeError("Cannot cancel a locked stream"));
    return cancelStream(this.#s, reason);
  }
  getReader(options = undefined) {
    const { mode } = toDictionary(options, "ReadableStreamGetReaderOptions");
    if (mode !== undefined && toEnum(mode, ["byob"], "ReadableStreamReaderMode")) return new ReadableStreamBYOBReader(this);
    return new ReadableStreamDefaultReader(this);
  }
  tee() {
    if (this.locked) throw new TypeError("Cannot tee a locked stream");
    return teeStream(this);
  }
  values(options = undefined) {
    const prevent = !!toDictionary(options, "ReadableStreamIteratorOptions").preventCancel;
    return streamIterator(new ReadableStreamDefaultReader(this), prevent);
  }
}
finish(ReadableStream, "ReadableStream");
Reflect.defineProperty(ReadableStream.prototype, Symbol.asyncIterator,
  { value: ReadableStream.prototype.values, writable: true, configurable: true });

function makeStream(object, source, high, size) {
  return { object, source, high, size, state: "readable", error: undefined, reader: null, disturbed: false, queue: [], total: 0,
    closing: false, pulling: false, again: false, started: false, controller: null,
    bytes: false, autoAllocate: undefined, pending: [], byobRequest: null,
    // Called when somebody asks for a reader's closed; for sources that tell of their end unasked.
    watch: null };
}
function startStream(s) {
  s.controller = s.bytes ? newByteController(s) : newController(s);
  const begun = s.source.start?.(s.controller);
  Promise.resolve(begun).then(() => {
    s.started = true;
    pullStream(s);
  }, (e) => errorStream(s, e));
}
function wantsMore(s) {
  if (s.state !== "readable" || s.closing || !s.started) return false;
  return s.reader !== null && s.reader.requests.length > 0 || s.high - s.total > 0;
}
function pullStream(s) {
  if (!wantsMore(s) || !s.source.pull) return;
  if (s.pulling) {
    s.again = true;
    return;
  }
  s.pulling = true;
  let p;
  try {
    p = Promise.resolve(s.source.pull(s.controller));
  } catch (e) {
    p = Promise.reject(e);
  }
  p.then(() => {
    s.pulling = false;
    if (s.again) {
      s.again = false;
      pullStream(s);
    }
  }, (e) => errorStream(s, e));
}
function errorStream(s, e) {
  if (s.state !== "readable") return;
  if (s.bytes) resetPulls(s);
  s.state = "errored";
  s.error = e;
  s.queue = [];
  s.total = 0;
  if (!s.reader) return;
  s.reader.closed.reject(e);
  handled(s.reader.closed.promise);
  for (const r of s.reader.requests.splice(0)) r.error(e);
}
function closeStream(s) {
  if (s.state !== "readable") return;
  s.state = "closed";
  if (!s.reader) return;
  s.reader.closed.resolve();
  // Whoever reads into a buffer gets it back when the source has answered.
  if (!s.reader.byob) for (const r of s.reader.requests.splice(0)) r.close();
}
async function cancelStream(s, reason) {
  s.disturbed = true;
  if (s.state === "closed") return;
  if (s.state === "errored") throw s.error;
  closeStream(s);
  if (s.reader?.byob) for (const r of s.reader.requests.splice(0)) r.close(undefined);
  if (s.bytes) resetPulls(s);
  s.queue = [];
  s.total = 0;
  await s.source.cancel?.(reason);
}
function enqueueChunk(s, chunk) {
  if (s.reader?.requests.length) s.reader.requests.shift().chunk(chunk);
  else {
    let size = 1;
    try {
      if (s.size !== undefined) size = Number((0, s.size)(chunk));
      if (Number.isNaN(size) || size < 0 || size === Infinity) throw new RangeError("The size of a chunk is not a number");
    } catch (e) {
      errorStream(s, e);
      throw e;
    }
    s.queue.push({ chunk, size });
    s.total += size;
  }
  pullStream(s);
}
let newController, constructing = false;
class ReadableStreamDefaultController {
  #s;
  static {
    newController = (s) => {
      constructing = true;
      try {
        const c = new ReadableStreamDefaultController();
        c.#s = s;
        return c;
      } finally {
        constructing = false;
      }
    };
  }
  constructor() { if (!constructing) throw new TypeError("Illegal constructor"); }
  get desiredSize() {
    const s = this.#s;
    return s.state === "errored" ? null : s.state === "closed" ? 0 : s.high - s.total;
  }
  close() {
    const s = this.#s;
    if (s.state !== "readable" || s.closing) throw new TypeError("The stream cannot be closed");
    s.closing = true;
    if (!s.queue.length) closeStream(s);
  }
  enqueue(chunk = undefined) {
    const s = this.#s;
    if (s.state !== "readable" || s.closing) throw new TypeError("The stream is not in a state that permits enqueue");
    enqueueChunk(s, chunk);
  }
  error(e = undefined) { errorStream(this.#s, e); }
}
finish(ReadableStreamDefaultController, "ReadableStreamDefaultController");
class ReadableStreamDefaultReader {
  #r;
  static {
    readerOf = (v) => v.#r;
  }
  constructor(stream) {
    required(arguments, 1, "the ReadableStreamDefaultReader constructor");
    const s = streamOf(stream);
    if (!s) throw new TypeError("The argument is not a ReadableStream");
    if (s.reader) throw new TypeError("The stream is locked to a reader already");
    this.#r = newReader(s, false);
  }
  get closed() { return watchedClosed(this.#r); }
  cancel(reason = undefined) {
    if (!this.#r.stream) return Promise.reject(new TypeError("The reader was released"));
    return cancelStream(this.#r.stream, reason);
  }
  read() {
    if (!this.#r.stream) return Promise.reject(new TypeError("The reader was released"));
    const { promise, resolve, reject } = newPromise();
    readStream(this.#r.stream, { chunk: (value) => resolve({ value, done: false }), close: () => resolve({ value: undefined, done: true }), error: reject });
    return promise;
  }
  releaseLock() {
    if (this.#r.stream) releaseReader(this.#r);
  }
}
finish(ReadableStreamDefaultReader, "ReadableStreamDefaultReader");
function watchedClosed(r) {
  const s = r.stream;
  if (s !== null && s.watch !== null && s.state === "readable") s.watch();
  return r.closed.promise;
}
function newReader(s, byob) {
  const r = s.reader = { stream: s, requests: [], closed: newPromise(), byob };
  handled(r.closed.promise);
  if (s.state === "closed") r.closed.resolve();
  else if (s.state === "errored") r.closed.reject(s.error);
  return r;
}
function releaseReader(r) {
  const s = r.stream, e = new TypeError("The reader was released");
  if (s.state === "readable") r.closed.reject(e);
  else {
    r.closed = newPromise();
    r.closed.reject(e);
  }
  handled(r.closed.promise);
  if (s.pending.length) {
    // What was read into the first buffer is not lost: it goes to the next reader.
    s.pending.length = 1;
    s.pending[0].by = "none";
  }
  s.reader = null;
  r.stream = null;
  for (const request of r.requests.splice(0)) request.error(e);
}
// A request is { chunk(v), close(), error(e) }, of which one is called.
function readStream(s, request) {
  s.disturbed = true;
  if (s.state === "closed") return request.close();
  if (s.state === "errored") return request.error(s.error);
  if (s.bytes) return readBytes(s, request);
  if (s.queue.length) {
    const { chunk, size } = s.queue.shift();
    s.total = Math.max(0, s.total - size);
    if (s.closing && !s.queue.length) closeStream(s);
    else pullStream(s);
    return request.chunk(chunk);
  }
  s.reader.requests.push(request);
  pullStream(s);
}
function teeStream(stream, cloning = false) {
  const reader = new ReadableStreamDefaultReader(stream), s = readerOf(reader).stream, branches = [], done = newPromise();
  let reading = false, again = false;
  const canceled = [undefined, undefined];
  const pull = () => {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    readStream(s, {
      chunk: (value) => queueMicrotask(() => {
        again = false;
        let second = value;
        if (cloning && !canceled[1]) {
          try {
            second = cloneValue(value, new Map(), []);
          } catch (e) {
            for (const b of branches) b.controller.error(e);
            done.resolve(cancelStream(s, e));
            return;
          }
        }
        if (s.bytes && !cloning && !canceled[1]) second = value.slice();
        if (!canceled[0]) branches[0].controller.enqueue(value);
        if (!canceled[1]) branches[1].controller.enqueue(second);
        reading = false;
        if (again) pull();
      }),
      close: () => {
        reading = false;
        branches.forEach((b, i) => {
          if (canceled[i]) return;
          if (s.bytes) endBytes(streamOf(out[i]));
          else b.controller.close();
        });
        if (!(canceled[0] && canceled[1])) done.resolve();
      },
      error: () => { reading = false; },
    });
  };
  const cancel = (i) => (reason) => {
    canceled[i] = { reason };
    if (canceled[0] && canceled[1]) done.resolve(cancelStream(s, [canceled[0].reason, canceled[1].reason]));
    return done.promise;
  };
  const out = [0, 1].map((i) => new ReadableStream({ start(controller) { branches.push({ controller }); }, pull, cancel: cancel(i),
    type: s.bytes ? "bytes" : undefined }, s.bytes ? { highWaterMark: 0 } : undefined));
  for (const o of out) streamOf(o).watch = s.watch;
  Reflect.apply(promiseThen, s.reader.closed.promise, [undefined, (e) => {
    for (const b of branches) b.controller.error(e);
    done.resolve();
  }]);
  return out;
}
function streamIterator(reader, preventCancel) {
  let last, running = 0, over = false;
  // One after the other, and at once where nothing runs.
  const inTurn = (f) => {
    last = running++ ? last.then(f, f) : f();
    const done = () => { running--; };
    last.then(done, done);
    return last;
  };
  const it = Object.create(streamIteratorPrototype);
  const next = async () => {
    if (over) return { value: undefined, done: true };
    try {
      const step = await reader.read();
      if (step.done) {
        over = true;
        reader.releaseLock();
      }
      return step;
    } catch (e) {
      over = true;
      reader.releaseLock();
      throw e;
    }
  };
  const state = { next: () => inTurn(next) };
  state.return = (value) => {
    const end = async () => {
      if (!over) {
        over = true;
        const p = preventCancel ? undefined : reader.cancel(value);
        reader.releaseLock();
        await p;
      }
      return { value, done: true };
    };
    return inTurn(end);
  };
  streamIterators.set(it, state);
  return it;
}
const streamIterators = new WeakMap();
const streamIteratorPrototype = Object.create(AsyncIteratorPrototype, { [Symbol.toStringTag]: { value: "ReadableStreamAsyncIterator", configurable: true } });
for (const key of ["next", "return"]) {
  const f = { [key](value) {
    const state = streamIterators.get(this);
    return state ? state[key](value) : Promise.reject(new TypeError("Illegal invocation"));
  } }[key];
  Reflect.defineProperty(f, "length", { value: key === "next" ? 0 : 1, configurable: true });
  Reflect.defineProperty(streamIteratorPrototype, key, { value: f, writable: true, enumerable: true, configurable: true });
}
// https://streams.spec.whatwg.org/#qs
for (const [name, size] of [["CountQueuingStrategy", function size() { return 1; }], ["ByteLengthQueuingStrategy", function size(c) { return c.byteLength; }]]) {
  const C = { [name]: class {
    #high;
    constructor(init) {
      required(arguments, 1, `the ${name} constructor`);
      const d = toDictionary(init, "QueuingStrategyInit");
      if (d.highWaterMark === undefined) throw new TypeError("The member highWaterMark is required");
      this.#high = Number(d.highWaterMark);
    }
    get highWaterMark() { return this.#high; }
    get size() {
      this.#high;
      return size;
    }
  } }[name];
  finish(C, name);
}
