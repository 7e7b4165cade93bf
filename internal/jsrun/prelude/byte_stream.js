// Readable byte streams. https://streams.spec.whatwg.org/#rbs-controller-class
// A pull-into is { buffer, room, offset, length, filled, min, size, make, by }: room is the length of the buffer, make the view's constructor, by is "byob", "default" for
// a buffer that the stream allocated itself, or "none" once the reader is gone.
const transferBuffer = Function.prototype.call.bind(ArrayBuffer.prototype.transfer);
const isDetached = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "detached").get);
const viewConstructors = new Map(["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array"].filter((n) => globalThis[n]).map((n) => [n, globalThis[n]]));
// What a view is: its own getters, which a page may have replaced, are not asked.
function viewOf(v, name) {
  if (!isObject(v) || !ArrayBuffer.isView(v) || !isArrayBuffer(v.buffer)) throw new TypeError(`${name} is not a view on an ArrayBuffer`);
  const tag = typedArrayTag.call(v), make = tag === undefined ? DataView : viewConstructors.get(tag);
  return { buffer: v.buffer, offset: v.byteOffset, bytes: v.byteLength, length: tag === undefined ? v.byteLength : v.length, make,
    size: tag === undefined ? 1 : make.BYTES_PER_ELEMENT };
}
function queueBytes(s, buffer, offset, length) {
  s.queue.push({ buffer, offset, length });
  s.total += length;
}
function dropByobRequest(s) {
  if (!s.byobRequest) return;
  releaseByobRequest(s.byobRequest);
  s.byobRequest = null;
}
function resetPulls(s) {
  dropByobRequest(s);
  s.pending = [];
}
// The controller's error also forgets who waits to be filled.
function errorBytes(s, e) {
  if (s.state !== "readable") return;
  resetPulls(s);
  errorStream(s, e);
}
function drainedBytes(s) {
  if (s.total === 0 && s.closing) closeStream(s);
  else pullStream(s);
}
function filledView(p) {
  return new p.make(transferBuffer(p.buffer), p.offset, p.filled / p.size);
}
function commitPull(s, p) {
  const done = s.state === "closed", view = filledView(p), request = s.reader.requests.shift();
  if (p.by === "default" || !done) {
    if (done) request.close();
    else request.chunk(view);
  } else request.close(view);
}
// True when the pull-into has what it asked for, as far as whole elements go.
function fillFromQueue(s, p) {
  const most = Math.min(s.total, p.length - p.filled), aligned = p.filled + most - (p.filled + most) % p.size;
  let left = most, ready = false;
  if (p.filled + most >= p.min && aligned >= p.min) {
    left = aligned - p.filled;
    ready = true;
  }
  while (left > 0) {
    const head = s.queue[0], n = Math.min(left, head.length);
    new Uint8Array(p.buffer, p.offset + p.filled, n).set(new Uint8Array(head.buffer, head.offset, n));
    if (head.length === n) s.queue.shift();
    else {
      head.offset += n;
      head.length -= n;
    }
    s.total -= n;
    p.filled += n;
    left -= n;
  }
  return ready;
}
function fillPulls(s) {
  const ready = [];
  while (s.pending.length && s.total > 0 && fillFromQueue(s, s.pending[0])) ready.push(shiftPull(s));
  for (const p of ready) commitPull(s, p);
}
function shiftPull(s) {
  dropByobRequest(s);
  return s.pending.shift();
}
function takeFromQueue(s, request) {
  const { buffer, offset, length } = s.queue.shift();
  s.total -= length;
  drainedBytes(s);
  request.chunk(new Uint8Array(buffer, offset, length));
}
function enqueueBytes(s, chunk) {
  const v = viewOf(chunk, "The chunk");
  if (v.bytes === 0 || v.buffer.byteLength === 0) throw new TypeError("The chunk is empty");
  if (s.closing || s.state !== "readable") throw new TypeError("The stream is not in a state that permits enqueue");
  if (isDetached(v.buffer)) throw new TypeError("The chunk's buffer is detached");
  const buffer = transferBuffer(v.buffer);
  if (s.pending.length) {
    const first = s.pending[0];
    if (isDetached(first.buffer)) throw new TypeError("The buffer to fill is detached");
    dropByobRequest(s);
    first.buffer = transferBuffer(first.buffer);
    if (first.by === "none") {
      if (first.filled > 0) queueBytes(s, first.buffer.slice(first.offset, first.offset + first.filled), 0, first.filled);
      s.pending.shift();
    }
  }
  if (s.reader?.byob) {
    queueBytes(s, buffer, v.offset, v.bytes);
    fillPulls(s);
  } else if (s.reader?.requests.length) {
    while (s.reader.requests.length && s.total > 0) takeFromQueue(s, s.reader.requests.shift());
    if (!s.reader.requests.length) queueBytes(s, buffer, v.offset, v.bytes);
    else {
      if (s.pending.length) shiftPull(s);
      s.reader.requests.shift().chunk(new Uint8Array(buffer, v.offset, v.bytes));
    }
  } else queueBytes(s, buffer, v.offset, v.bytes);
  pullStream(s);
}
function closeBytes(s) {
  if (s.closing || s.state !== "readable") return;
  if (s.total > 0) {
    s.closing = true;
    return;
  }
  if (s.pending.length && s.pending[0].filled % s.pending[0].size !== 0) {
    const e = new TypeError("The stream ends in the middle of an element");
    errorBytes(s, e);
    throw e;
  }
  closeStream(s);
}
// How our own sources end a stream: whoever waits with a buffer gets it back.
function endBytes(s) {
  closeBytes(s);
  if (s.pending.length) respondBytes(s, 0);
}
function readBytes(s, request) {
  if (s.total > 0) {
    takeFromQueue(s, request);
    return;
  }
  if (s.autoAllocate !== undefined) {
    let buffer;
    try {
      buffer = new ArrayBuffer(s.autoAllocate);
    } catch (e) {
      request.error(e);
      return;
    }
    s.pending.push({ buffer, room: s.autoAllocate, offset: 0, length: s.autoAllocate, filled: 0, min: 1, size: 1, make: Uint8Array, by: "default" });
  }
  s.reader.requests.push(request);
  pullStream(s);
}
function readInto(s, v, min, request) {
  let buffer;
  try {
    buffer = transferBuffer(v.buffer);
  } catch (e) {
    request.error(e);
    return;
  }
  const p = { buffer, room: buffer.byteLength, offset: v.offset, length: v.bytes, filled: 0, min: min * v.size, size: v.size, make: v.make, by: "byob" };
  if (s.pending.length) {
    s.pending.push(p);
    s.reader.requests.push(request);
    return;
  }
  if (s.state === "closed") {
    request.close(new p.make(p.buffer, p.offset, 0));
    return;
  }
  if (s.total > 0) {
    if (fillFromQueue(s, p)) {
      const view = filledView(p);
      drainedBytes(s);
      request.chunk(view);
      return;
    }
    if (s.closing) {
      const e = new TypeError("The stream ends in the middle of an element");
      errorBytes(s, e);
      request.error(e);
      return;
    }
  }
  s.pending.push(p);
  s.reader.requests.push(request);
  pullStream(s);
}
function respondBytes(s, written) {
  const first = s.pending[0];
  if (s.state === "closed") {
    if (written !== 0) throw new TypeError("Nothing can be written to a closed stream");
  } else {
    if (written === 0) throw new TypeError("Zero bytes are an answer of closed streams alone");
    if (first.filled + written > first.length) throw new RangeError("More bytes than the view has room for");
  }
  first.buffer = transferBuffer(first.buffer);
  respondWith(s, written);
}
function respondWith(s, written) {
  const first = s.pending[0];
  dropByobRequest(s);
  if (s.state === "closed") {
    if (first.by === "none") s.pending.shift();
    if (s.reader?.byob) {
      while (s.reader.requests.length) commitPull(s, s.pending.shift());
    }
  } else {
    first.filled += written;
    if (first.by === "none") {
      if (first.filled > 0) queueBytes(s, first.buffer.slice(first.offset, first.offset + first.filled), 0, first.filled);
      s.pending.shift();
      fillPulls(s);
    } else if (first.filled >= first.min) {
      s.pending.shift();
      const rest = first.filled % first.size;
      if (rest > 0) {
        const end = first.offset + first.filled;
        queueBytes(s, first.buffer.slice(end - rest, end), 0, rest);
        first.filled -= rest;
      }
      const ready = [];
      while (s.pending.length && s.total > 0 && fillFromQueue(s, s.pending[0])) ready.push(s.pending.shift());
      for (const p of [first, ...ready]) commitPull(s, p);
    }
  }
  pullStream(s);
}
function respondWithNewView(s, view) {
  const first = s.pending[0], v = viewOf(view, "The view");
  if (isDetached(v.buffer)) throw new TypeError("The view's buffer is detached");
  if (s.state === "closed") {
    if (v.bytes !== 0) throw new TypeError("Nothing can be written to a closed stream");
  } else if (v.bytes === 0) throw new TypeError("The view is empty");
  if (first.offset + first.filled !== v.offset) throw new RangeError("The view does not begin where the bytes end");
  if (first.room !== v.buffer.byteLength) throw new RangeError("The view's buffer has another length");
  if (first.filled + v.bytes > first.length) throw new RangeError("The view is longer than what is left to fill");
  const n = v.bytes;
  first.buffer = transferBuffer(v.buffer);
  respondWith(s, n);
}
let newByteController, makeByobRequest, releaseByobRequest;
class ReadableStreamBYOBRequest {
  #s;
  #view = null;
  static {
    makeByobRequest = (s, view) => {
      constructing = true;
      try {
        const r = new ReadableStreamBYOBRequest();
        r.#s = s;
        r.#view = view;
        return r;
      } finally {
        constructing = false;
      }
    };
    releaseByobRequest = (r) => {
      r.#s = undefined;
      r.#view = null;
    };
  }
  constructor() { if (!constructing) throw new TypeError("Illegal constructor"); }
  get view() { return this.#view; }
  respond(bytesWritten) {
    required(arguments, 1, "'respond' on 'ReadableStreamBYOBRequest'");
    const n = toEnforced(bytesWritten, 2 ** 53 - 1, "bytesWritten");
    if (!this.#s) throw new TypeError("This request was answered already");
    if (isDetached(this.#view.buffer)) throw new TypeError("The view's buffer is detached");
    respondBytes(this.#s, n);
  }
  respondWithNewView(view) {
    required(arguments, 1, "'respondWithNewView' on 'ReadableStreamBYOBRequest'");
    viewOf(view, "The view");
    if (!this.#s) throw new TypeError("This request was answered already");
    respondWithNewView(this.#s, view);
  }
}
finish(ReadableStreamBYOBRequest, "ReadableStreamBYOBRequest");
class ReadableByteStreamController {
  #s;
  static {
    newByteController = (s) => {
      constructing = true;
      try {
        const c = new ReadableByteStreamController();
        c.#s = s;
        return c;
      } finally {
        constructing = false;
      }
    };
  }
  constructor() { if (!constructing) throw new TypeError("Illegal constructor"); }
  get byobRequest() {
    const s = this.#s;
    if (!s.byobRequest && s.pending.length) {
      const p = s.pending[0];
      s.byobRequest = makeByobRequest(s, new Uint8Array(p.buffer, p.offset + p.filled, p.length - p.filled));
    }
    return s.byobRequest;
  }
  get desiredSize() {
    const s = this.#s;
    return s.state === "errored" ? null : s.state === "closed" ? 0 : s.high - s.total;
  }
  close() {
    const s = this.#s;
    if (s.state !== "readable" || s.closing) throw new TypeError("The stream cannot be closed");
    closeBytes(s);
  }
  enqueue(chunk) {
    required(arguments, 1, "'enqueue' on 'ReadableByteStreamController'");
    enqueueBytes(this.#s, chunk);
  }
  error(e = undefined) { errorBytes(this.#s, e); }
}
finish(ReadableByteStreamController, "ReadableByteStreamController");
class ReadableStreamBYOBReader {
  #r;
  static {
    byobReaderOf = (v) => v.#r;
  }
  constructor(stream) {
    required(arguments, 1, "the ReadableStreamBYOBReader constructor");
    const s = streamOf(stream);
    if (!s) throw new TypeError("The argument is not a ReadableStream");
    if (s.reader) throw new TypeError("The stream is locked to a reader already");
    if (!s.bytes) throw new TypeError("The stream is not one of bytes");
    this.#r = newReader(s, true);
  }
  get closed() {
    if (!isObject(this) || !(#r in this)) return Promise.reject(new TypeError("Illegal invocation"));
    return watchedClosed(this.#r);
  }
  cancel(reason = undefined) {
    if (!isObject(this) || !(#r in this)) return Promise.reject(new TypeError("Illegal invocation"));
    if (!this.#r.stream) return Promise.reject(new TypeError("The reader was released"));
    return cancelStream(this.#r.stream, reason);
  }
  read(view, options = undefined) {
    const { promise, resolve, reject } = newPromise();
    try {
      if (!isObject(this) || !(#r in this)) throw new TypeError("Illegal invocation");
      required(arguments, 1, "'read' on 'ReadableStreamBYOBReader'");
      const v = viewOf(view, "The view"), d = toDictionary(options, "ReadableStreamBYOBReaderReadOptions");
      const min = d.min === undefined ? 1 : toEnforced(d.min, 2 ** 53 - 1, "min");
      if (v.bytes === 0 || v.buffer.byteLength === 0) throw new TypeError("The view is empty");
      if (isDetached(v.buffer)) throw new TypeError("The view's buffer is detached");
      if (min === 0) throw new TypeError("min is 0");
      if (min > v.length) throw new RangeError("min is larger than the view");
      const s = this.#r.stream;
      if (!s) throw new TypeError("The reader was released");
      s.disturbed = true;
      const request = { chunk: (value) => resolve({ value, done: false }), close: (value) => resolve({ value, done: true }), error: reject };
      if (s.state === "errored") request.error(s.error);
      else readInto(s, v, min, request);
    } catch (e) {
      reject(e);
    }
    return promise;
  }
  releaseLock() {
    if (this.#r.stream) releaseReader(this.#r);
  }
}
finish(ReadableStreamBYOBReader, "ReadableStreamBYOBReader");
