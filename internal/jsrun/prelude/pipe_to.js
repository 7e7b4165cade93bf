// https://streams.spec.whatwg.org/#readable-stream-pipe-to
function pipe(from, to, options) {
  const s = streamOf(from), d = writableOf(to), reader = new ReadableStreamDefaultReader(from), writer = new WritableStreamDefaultWriter(to);
  const r = readerOf(reader), w = writerOf(writer), end = newPromise(), { signal } = options;
  let stopping = false, lastWrite = resolvedPromise(), remove;
  s.disturbed = true;
  const finish = (fault) => {
    releaseWriter(w);
    if (r.stream) releaseReader(r);
    remove?.();
    if (fault) end.reject(fault.error);
    else end.resolve();
  };
  const written = (then) => {
    const last = lastWrite;
    react(last, () => last === lastWrite ? then() : written(then));
  };
  // Ends the pipe behind the writes that are under way, with an action and a fault or without.
  const shutdown = (action, fault) => {
    if (stopping) return;
    stopping = true;
    const rest = () => action ? react(action(), () => finish(fault), (error) => finish({ error })) : finish(fault);
    if (d.state === "writable" && !closeQueued(d)) written(rest);
    else rest();
  };
  if (signal) {
    const stop = () => {
      const error = signal.reason, actions = [];
      if (!options.preventAbort) actions.push(() => d.state === "writable" ? abortWritable(d, error) : resolvedPromise());
      if (!options.preventCancel) actions.push(() => s.state === "readable" ? cancelStream(s, error) : resolvedPromise());
      shutdown(() => allDone(actions.map((a) => a())), { error });
    };
    if (signal.aborted) {
      stop();
      return end.promise;
    }
    remove = addAbortAlgorithm(signal, stop);
  }
  const sourceFailed = () => shutdown(options.preventAbort ? null : () => abortWritable(d, s.error), { error: s.error });
  const sinkFailed = () => shutdown(options.preventCancel ? null : () => cancelStream(s, d.error), { error: d.error });
  const sourceEnded = () => shutdown(options.preventClose ? null : () => {
    if (closeQueued(d) || d.state === "closed") return resolvedPromise();
    return d.state === "errored" ? Promise.reject(d.error) : closeWritable(d);
  });
  if (s.state === "errored") sourceFailed();
  else react(r.closed.promise, undefined, () => { if (s.state === "errored") sourceFailed(); });
  if (d.state === "errored") sinkFailed();
  else react(w.closed.promise, undefined, () => { if (d.state === "errored") sinkFailed(); });
  if (s.state === "closed") sourceEnded();
  else react(r.closed.promise, () => { if (s.state === "closed") sourceEnded(); });
  if (closeQueued(d) || d.state === "closed") {
    const error = new TypeError("The destination is closed");
    shutdown(options.preventCancel ? null : () => cancelStream(s, error), { error });
  }
  const step = () => {
    if (stopping) return;
    react(w.ready.promise, () => {
      if (stopping) return;
      readStream(s, {
        chunk(value) {
          lastWrite = upon(writeChunk(d, w, value), undefined, () => {});
          queueMicrotask(step);
        },
        close() {},
        error() {},
      });
    }, () => {});
  };
  step();
  return end.promise;
}
function allDone(promises) {
  const all = newPromise();
  let left = promises.length;
  if (!left) all.resolve();
  for (const p of promises) react(p, () => { if (--left === 0) all.resolve(); }, all.reject);
  return all.promise;
}
function toPipeOptions(v) {
  const d = toDictionary(v, "StreamPipeOptions");
  const o = { preventAbort: !!d.preventAbort, preventCancel: !!d.preventCancel, preventClose: !!d.preventClose, signal: d.signal };
  if (o.signal !== undefined && !abortStates.has(o.signal)) throw new TypeError("The member signal is not an AbortSignal");
  return o;
}
Object.assign(ReadableStream.prototype, {
  async pipeTo(destination, options = undefined) {
    if (!streamOf(this)) throw new TypeError("Illegal invocation");
    if (!writableOf(destination)) throw new TypeError("The destination is not a WritableStream");
    const o = toPipeOptions(options);
    if (this.locked || destination.locked) throw new TypeError("The stream is locked");
    await pipe(this, destination, o);
  },
  pipeThrough(pair, options = undefined) {
    if (!streamOf(this)) throw new TypeError("Illegal invocation");
    const given = toDictionary(pair, "ReadableWritablePair"), { readable } = given;
    if (!streamOf(readable)) throw new TypeError("The member readable is not a ReadableStream");
    const { writable } = given;
    if (!writableOf(writable)) throw new TypeError("The member writable is not a WritableStream");
    const o = toPipeOptions(options);
    if (this.locked || writable.locked) throw new TypeError("The stream is locked");
    handled(pipe(this, writable, o));
    return readable;
  },
});
