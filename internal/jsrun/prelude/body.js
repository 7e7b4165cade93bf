// https://fetch.spec.whatwg.org/#bodyinit-unions and #body-mixin
// A body is { bytes } with a source, { stream } without one, or { id } of an answer that Go reads; `stream` is made when asked for.
// inHand of the last kind is the text of a body that came with its answer, or null.
function isBody(v) {
  return v !== undefined && v !== null;
}
function extractBody(v, keepalive = false) {
  let bytes, type = null;
  if (v instanceof ReadableStream) {
    if (keepalive) throw new TypeError("A stream cannot be the body of a keepalive request");
    const s = streamOf(v);
    if (s.disturbed || s.reader) throw new TypeError("The stream is locked or was read already");
    return { body: { stream: v, bytes: null }, type };
  }
  if (v instanceof Blob) {
    bytes = blobBytes(v);
    if (v.type) type = v.type;
  } else if (isBufferSource(v)) bytes = bytesOf(v).slice();
  else if (v instanceof FormData) ({ bytes, type } = encodeMultipart(v));
  else if (v instanceof URLSearchParams) {
    bytes = utf8Encode(v.toString());
    type = "application/x-www-form-urlencoded;charset=UTF-8";
  } else {
    bytes = utf8Encode(toUSVString(v));
    type = "text/plain;charset=UTF-8";
  }
  return { body: { bytes, used: false }, type };
}
const chunkWaiters = new Map();
hooks.chunk = (id, value, failure) => {
  const w = chunkWaiters.get(id);
  chunkWaiters.delete(id);
  if (!w) return;
  if (failure) w.reject(w.aborted?.() ?? new TypeError(failure));
  else w.resolve(value);
};
// How the network tells a stream that nobody has to read any more: with what broke it off, or nothing. https://fetch.spec.whatwg.org/#concept-http-network-fetch
const bodyEnds = new Map();
hooks.bodyEnd = (id, failure) => {
  const end = bodyEnds.get(id);
  bodyEnds.delete(id);
  end?.(failure);
};
// Internal results go to callbacks, not through promises, where a page's Object.prototype.then would see them.
// bodyText gives a text, bodyAll bytes, and bodyRead the next bytes or null.
function askGo(what, body, resolve, reject) {
  if (body.abortReason) return reject(body.abortReason.value);
  if (typeof body.inHand === "string") {
    const text = body.inHand;
    if (what === "bodyText") return resolve(withoutMark(text));
    if (what === "bodyAll") return resolve(utf8Encode(text));
    body.inHand = "";
    return resolve(text === "" ? null : utf8Encode(text));
  }
  const give = what === "bodyText" ? resolve : (b) => resolve(b === null ? null : fromBase64(b));
  chunkWaiters.set(body.id, { resolve: give, reject, aborted: () => body.abortReason?.value });
  op(what, body.id);
}
// https://encoding.spec.whatwg.org/#utf-8-decode
function withoutMark(text) {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
function bodyStream(body) {
  if (body.stream) return body.stream;
  if (body.id !== undefined) {
    let reading = false;
    // All of it is in memory: what is left is no read away.
    const endsHere = () => body.inHand === "" && !place.lazyBodies;
    // Not body.stream later on: a clone puts another one in its place.
    const stream = body.stream = new ReadableStream({
      type: "bytes",
      pull(c) {
        if (body.abortReason) throw body.abortReason.value;
        reading = true;
        const { promise, resolve, reject } = newPromise();
        askGo("bodyRead", body, (chunk) => {
          reading = false;
          resolve();
          if (streamOf(stream).state !== "readable") return;
          if (chunk !== null) c.enqueue(chunk);
          else bodyEnds.delete(body.id);
          if (chunk === null || endsHere()) endBytes(streamOf(stream));
        }, (e) => {
          reading = false;
          bodyEnds.delete(body.id);
          reject(e);
        });
        return promise;
      },
      cancel() {
        bodyEnds.delete(body.id);
        op("bodyCancel", body.id, reading);
      },
    }, { highWaterMark: 0 });
    if (endsHere()) endBytes(streamOf(stream));
    else if (typeof body.inHand !== "string" && !place.lazyBodies) {
      const s = streamOf(stream);
      bodyEnds.set(body.id, (failure) => {
        if (reading) return;
        if (failure) errorStream(s, body.abortReason ? body.abortReason.value : new TypeError(failure));
        else endBytes(s);
      });
      s.watch = () => op("bodyWatch", body.id);
      op("bodyStream", body.id);
    }
    body.fail = (e) => errorStream(streamOf(stream), e);
    if (body.abortReason) body.fail(body.abortReason.value);
  } else {
    const { bytes } = body;
    const stream = body.stream = new ReadableStream({ type: "bytes", pull(c) {
      if (bytes.length) c.enqueue(bytes.slice());
      endBytes(streamOf(stream));
    } }, { highWaterMark: 0 });
  }
  if (body.used) {
    const s = streamOf(body.stream);
    s.disturbed = true;
    closeStream(s);
    // It was read to its end by a reader that keeps its lock.
    s.reader = { stream: s, requests: [], closed: newPromise() };
  }
  return body.stream;
}
function bodyUsed(body) {
  return !!body && (body.used === true || !!body.stream && streamOf(body.stream).disturbed);
}
function bodyUnusable(body) {
  return bodyUsed(body) || !!body?.stream && streamOf(body.stream).reader !== null;
}
function readAllChunks(stream, resolve, reject) {
  const s = streamOf(stream), chunks = [];
  stream.getReader();
  const next = () => readStream(s, {
    chunk(value) {
      if (!isObject(value) || !ArrayBuffer.isView(value) || typedArrayTag.call(value) !== "Uint8Array") {
        const e = new TypeError("A chunk of the stream is not a Uint8Array");
        handled(cancelStream(s, e));
        reject(e);
        return;
      }
      chunks.push(value);
      queueMicrotask(next);
    },
    close: () => resolve(concatBytes(chunks)),
    error: reject,
  });
  next();
}
// All bytes, or with asText the text, which Go decodes.
function fullyRead(body, asText, resolve, reject) {
  if (body && !body.stream && body.id !== undefined && asText) {
    body.used = true;
    return askGo("bodyText", body, resolve, reject);
  }
  const bytes = asText ? (b) => resolve(utf8Decode(b)) : resolve;
  if (!body) return bytes(new Uint8Array(0));
  if (body.stream) return readAllChunks(body.stream, bytes, reject);
  body.used = true;
  if (body.id === undefined) return bytes(body.bytes.slice());
  return askGo("bodyAll", body, bytes, reject);
}
function cloneBody(body) {
  if (!body) return null;
  if (body.bytes && !body.stream) return { bytes: body.bytes, used: false };
  const source = body.bytes ?? null;
  const [a, b] = teeStream(bodyStream(body), true);
  body.stream = a;
  return { stream: b, bytes: source };
}
const asIs = (v) => v, parseJSON = (text) => JSON.parse(text);
function consume(s, asText, convert) {
  if (!s) return Promise.reject(new TypeError("Illegal invocation"));
  if (bodyUnusable(s.body)) return Promise.reject(new TypeError("Body has already been consumed or is locked"));
  if (s.body?.abortReason) return Promise.reject(s.body.abortReason.value);
  if (asText && typeof s.body?.inHand === "string" && !s.body.stream) {
    s.body.used = true;
    try {
      const text = withoutMark(s.body.inHand);
      return resolvedPromise(convert === asIs ? text : convert(text, s));
    } catch (e) {
      return Promise.reject(e);
    }
  }
  const { promise, resolve, reject } = newPromise();
  fullyRead(s.body, asText, (v) => {
    try {
      resolve(convert(v, s));
    } catch (e) {
      reject(e);
    }
  }, reject);
  return promise;
}
// The members that Request and Response have in common; at returns the state of an object of the class, or null.
function mixinBody(C, at) {
  const stateOf = (object) => {
    const s = at(object);
    if (!s) throw new TypeError("Illegal invocation");
    return s;
  };
  const members = {
    get body() {
      const s = stateOf(this);
      return s.body ? bodyStream(s.body) : null;
    },
    get bodyUsed() { return bodyUsed(stateOf(this).body); },
    arrayBuffer() { return consume(at(this), false, (b) => b.buffer); },
    blob() { return consume(at(this), false, (b, s) => makeBlob(b, blobType(s))); },
    bytes() { return consume(at(this), false, (b) => b); },
    formData() { return consume(at(this), false, formDataOf); },
    json() { return consume(at(this), true, parseJSON); },
    text() {
      const s = at(this), b = s?.body;
      // The text of an answer that nobody has touched: what consume would do.
      if (b && typeof b.inHand === "string" && !b.used && !b.stream && !b.abortReason) {
        b.used = true;
        return resolvedPromise(withoutMark(b.inHand));
      }
      return consume(s, true, asIs);
    },
  };
  for (const key of Object.keys(members)) Reflect.defineProperty(C.prototype, key, Reflect.getOwnPropertyDescriptor(members, key));
}
function contentType(s) {
  return extractMIMEType(headerList(s.headers ?? responseHeaders(s)).filter((h) => h[0].toLowerCase() === "content-type").map((h) => h[1]));
}
function blobType(s) {
  const t = contentType(s);
  // DEVIATION(browser): the standard leaves the case of parameters; browsers lower it all, as the Blob constructor does. Seen in
  // Chromium 156 and Firefox 153 ESR, 2026-11-22; web-platform-tests: fetch/api/response/response-consume.html.
  return t ? serializeMIMEType(t).toLowerCase() : "";
}
function formDataOf(bytes, s) {
  const t = contentType(s);
  if (t?.essence === "multipart/form-data" && t.parameters.has("boundary")) return decodeMultipart(bytes, t.parameters.get("boundary"));
  if (t?.essence === "application/x-www-form-urlencoded") {
    const form = new FormData();
    for (const [n, v] of parseForm(op("decode", "utf-8", toBase64(bytes), false))) form.append(n, v);
    return form;
  }
  throw new TypeError("The Content-Type of the body is not that of a form");
}
