// https://xhr.spec.whatwg.org/
function isXML(type) {
  return type.essence === "text/xml" || type.essence === "application/xml" || type.essence.endsWith("+xml");
}
// The type under which a document is sent; null: it is none.
function documentTypeOf(body) {
  if (place.worker || !isObject(body)) return null;
  if (body instanceof Document) return late("document") && "text/html";
  return lateMade.has("node") && body instanceof late("node").XMLDocument ? "application/xml" : null;
}
const xhrEvents = ["loadstart", "progress", "abort", "error", "load", "timeout", "loadend"];
const xhrStates = { UNSENT: 0, OPENED: 1, HEADERS_RECEIVED: 2, LOADING: 3, DONE: 4 };
const xhrResponseTypes = ["", "arraybuffer", "blob", "document", "json", "text"];
let xhrMaking = false;
class XMLHttpRequestEventTarget extends EventTarget {
  constructor() {
    if (!xhrMaking) throw new TypeError("Illegal constructor");
    super();
  }
}
handlerAttributes(XMLHttpRequestEventTarget.prototype, xhrEvents);
finish(XMLHttpRequestEventTarget, "XMLHttpRequestEventTarget");
class XMLHttpRequestUpload extends XMLHttpRequestEventTarget {}
finish(XMLHttpRequestUpload, "XMLHttpRequestUpload");
function makeUpload() {
  xhrMaking = true;
  try {
    return new XMLHttpRequestUpload();
  } finally {
    xhrMaking = false;
  }
}
function fireProgress(target, type, loaded, total) {
  fire(target, type, { loaded, total, lengthComputable: total !== 0 }, ProgressEvent);
}
function invalidState(message) {
  return new DOMException(message, "InvalidStateError");
}
class XMLHttpRequest extends XMLHttpRequestEventTarget {
  #upload = makeUpload();
  #state = 0;
  #send = false;
  #sync = false;
  #method = "";
  #url = null;
  #entry = null; // of a blob: URL
  #author = [];
  #uploadListener = false;
  #uploadComplete = false;
  #timedOut = false;
  #timeout = 0;
  #timer = 0;
  #began = 0;
  #credentials = false;
  #override = null;
  #responseType = "";
  #response = null; // null: a network error
  #chunks = [];
  #object = undefined;
  #hasBody = false;
  #fetch = 0;
  #body = null;
  #told = -1;
  #turn = 0; // counts the calls of open()
  constructor() {
    xhrMaking = true;
    try {
      super();
    } finally {
      xhrMaking = false;
    }
  }
  get readyState() { return this.#state; }
  get upload() { return this.#upload; }
  get timeout() { return this.#timeout; }
  set timeout(v) {
    if (this.#sync && this.#state !== 0 && !place.worker) throw new DOMException("Timeouts cannot be set for synchronous requests", "InvalidAccessError");
    this.#timeout = toUnsignedLong(v);
    if (this.#send && !this.#sync) this.#startTimer();
  }
  get withCredentials() { return this.#credentials; }
  set withCredentials(v) {
    if (this.#state > 1 || this.#send) throw invalidState("The value may only be set before send()");
    this.#credentials = !!v;
  }
  get responseURL() { return this.#response?.url ?? ""; }
  get status() { return this.#response?.status ?? 0; }
  get statusText() { return this.#response?.statusText ?? ""; }
  get responseType() { return this.#responseType; }
  set responseType(v) {
    const s = toDOMString(v);
    if (!xhrResponseTypes.includes(s) || place.worker && s === "document") return;
    if (this.#state >= 3) throw invalidState("The response type cannot be set when the response is loading or done");
    if (this.#sync && this.#state !== 0 && !place.worker) {
      throw new DOMException("The response type cannot be set for synchronous requests", "InvalidAccessError");
    }
    this.#responseType = s;
  }
  open(method, url) {
    required(arguments, 2, "'open' on 'XMLHttpRequest'");
    const [, , async, username, password] = arguments;
    const name = toByteString(method), text = toUSVString(url);
    const isAsync = arguments.length < 3 ? true : !!async;
    const user = username === null || username === undefined ? null : toUSVString(username);
    const pass = password === null || password === undefined ? null : toUSVString(password);
    const m = op("method", name);
    if (m === null) throw new DOMException(`'${name}' is not a valid HTTP method.`, "SyntaxError");
    if (m === "") throw new DOMException(`'${name}' HTTP method is unsupported.`, "SecurityError");
    let u = parseURL(text, place.url);
    if (!u) throw new DOMException(op("urlFault", text) ?? "Invalid URL", "SyntaxError");
    if (arguments.length >= 3 && u.host) {
      if (user !== null) u = JSON.parse(op("urlSet", u.href, "username", user));
      if (pass !== null) u = JSON.parse(op("urlSet", u.href, "password", pass));
    }
    if (!isAsync && !place.worker && (this.#timeout !== 0 || this.#responseType !== "")) {
      throw new DOMException("Synchronous requests must not set a timeout or a response type", "InvalidAccessError");
    }
    this.#terminate();
    this.#turn++;
    this.#send = false;
    this.#uploadListener = false;
    this.#method = m;
    this.#url = u;
    this.#entry = blobURLEntry(u.href);
    this.#sync = !isAsync;
    this.#author = [];
    this.#setResponse(null);
    if (this.#state !== 1) this.#setState(1);
  }
  setRequestHeader(name, value) {
    required(arguments, 2, "'setRequestHeader' on 'XMLHttpRequest'");
    const n = toByteString(name), v = normalizeValue(toByteString(value));
    if (this.#state !== 1 || this.#send) throw invalidState("The object's state must be OPENED");
    if (!token.test(n)) throw new DOMException(`'${n}' is not a valid HTTP header field name.`, "SyntaxError");
    if (/[\0\n\r]/.test(v)) throw new DOMException(`'${v}' is not a valid HTTP header field value.`, "SyntaxError");
    if (isRefused("request", n, v)) return;
    const old = this.#author.find((h) => h[0].toLowerCase() === n.toLowerCase());
    if (old) old[1] += ", " + v;
    else this.#author.push([n, v]);
  }
  send(body = null) {
    const documentType = documentTypeOf(body);
    if (documentType !== null) body = late("node").serialize(body);
    const isText = !(body instanceof Blob || isBufferSource(body) || body instanceof FormData || body instanceof URLSearchParams);
    if (isText && isBody(body)) body = toUSVString(body);
    if (this.#state !== 1 || this.#send) throw invalidState("The object's state must be OPENED");
    let extracted = null;
    if (isBody(body) && this.#method !== "GET" && this.#method !== "HEAD") {
      extracted = extractBody(body);
      this.#setContentType(documentType === null ? extracted.type : `${documentType};charset=UTF-8`, isText);
    }
    if (hasListener(this.#upload)) this.#uploadListener = true;
    this.#uploadComplete = !extracted;
    this.#timedOut = false;
    this.#told = -1;
    this.#send = true;
    this.#fetch = 0;
    const bytes = extracted ? extracted.body.bytes : null;
    const request = { method: this.#method, url: this.#url.href, entry: this.#entry, mode: "cors", credentials: this.#credentials ? "include" : "same-origin",
      redirect: "follow", cache: "", referrer: "", referrerPolicy: "", targetSpace: "", integrity: "" };
    const flags = fetchFlags.urlCredentials | (this.#uploadListener ? fetchFlags.uploadListener : 0);
    if (this.#sync) this.#sendSync(request, flags, bytes);
    else this.#sendAsync(request, flags, bytes);
  }
  #setContentType(type, isText) {
    const author = this.#author.find((h) => h[0].toLowerCase() === "content-type");
    if (!author) {
      if (type !== null) this.#author.push(["Content-Type", type]);
      return;
    }
    const t = isText ? parseMIMEType(author[1]) : null;
    if (t?.parameters.has("charset") && t.parameters.get("charset").toLowerCase() !== "utf-8") {
      t.parameters.set("charset", "UTF-8");
      author[1] = serializeMIMEType(t);
    }
  }
  #sendSync(request, flags, bytes) {
    // https://xhr.spec.whatwg.org/#feature-policy-integration
    if (!place.syncXHR) {
      op("print", 2, "Permissions policy violation: Synchronous requests are disabled by permissions policy.");
      this.#requestError("error", "NetworkError");
    }
    const answer = op("fetchSync", 0, requestLines(request, this.#author), flags, "", bytes ? toBase64(bytes) : null, this.#entry ? this.#entry.id : 0);
    const end = answer.indexOf("\n"), a = parseAnswer(answer.slice(end + 1));
    if (a.error === null) {
      this.#setResponse(a);
      if (end > 0) this.#chunks.push(fromBase64(answer.slice(0, end)));
    }
    if (this.#response === null) this.#requestError("error", "NetworkError", end > 0);
    this.#endOfBody();
  }
  #sendAsync(request, flags, bytes) {
    const length = bytes ? bytes.length : 0, turn = this.#turn;
    fireProgress(this, "loadstart", 0, 0);
    if (!this.#uploadComplete && this.#uploadListener) fireProgress(this.#upload, "loadstart", 0, length);
    // DEVIATION(browser): by the standard, a listener that opens and sends again would have both requests sent; browsers send the new
    // one alone, and web-platform-tests hold them to it (xhr/loadstart-and-state.html, 2026-11-22).
    if (this.#state !== 1 || !this.#send || this.#turn !== turn) return;
    this.#began = op("now");
    this.#fetch = startFetch(request, this.#author, flags, bytes, (a, id) => {
      this.#fetch = id;
      this.#body = a.hasBody ? { id } : null;
      if (a.error === null) {
        this.#requestEnd(length);
        if (this.#fetch !== id || !this.#send) return;
        this.#setResponse(a);
      }
      this.#processResponse(this.#body);
    });
    if (!this.#uploadComplete && this.#uploadListener) uploadWaiters.set(this.#fetch, (sent) => this.#uploaded(sent, length));
    this.#startTimer();
  }
  #startTimer() {
    if (this.#timer) clearAnyTimer(this.#timer);
    this.#timer = 0;
    if (!this.#timeout) return;
    this.#timer = startTimer(() => {
      this.#timer = 0;
      if (!this.#send) return;
      this.#timedOut = true;
      this.#terminate();
      this.#handleErrors();
    }, Math.max(0, this.#timeout - (op("now") - this.#began)), false);
  }
  #uploaded(sent, length) {
    if (!this.#send || this.#uploadComplete) return;
    if (sent < length) fireProgress(this.#upload, "progress", sent, length);
    else this.#requestEnd(length);
  }
  // The body has gone out when the answer comes, at the latest. The last progress is told once, as browsers do.
  #requestEnd(length) {
    if (this.#uploadComplete) return;
    this.#uploadComplete = true;
    if (!this.#uploadListener) return;
    for (const type of ["progress", "load", "loadend"]) fireProgress(this.#upload, type, length, length);
  }
  #processResponse(body) {
    if (this.#handleErrors()) return;
    this.#setState(2);
    if (this.#state !== 2) return;
    if (!body) {
      if (this.#state === 2 || this.#state === 3) this.#endOfBody();
      return;
    }
    const mine = this.#fetch, live = () => this.#fetch === mine && this.#send;
    let last = -Infinity;
    const next = () => askGo("bodyRead", body, (chunk) => {
      if (!live()) return;
      if (chunk === null) {
        this.#body = null;
        this.#endOfBody();
        return;
      }
      this.#chunks.push(chunk);
      const now = op("now");
      if (now - last >= 50) {
        last = now;
        this.#chunkArrived();
      }
      if (live()) next();
    }, () => {
      if (!live()) return;
      this.#body = null;
      this.#setResponse(null);
      this.#handleErrors();
    });
    next();
  }
  #chunkArrived() {
    if (this.#state === 2) this.#state = 3;
    fire(this, "readystatechange");
    if (this.#state === 3) this.#progress(this.#received(), this.#length());
  }
  // DEVIATION(browser): the standard tells the last progress twice where the last chunk told it already; browsers tell it once, and
  // web-platform-tests hold them to it (xhr/send-response-event-order.htm, 2026-11-22).
  #progress(received, length) {
    if (this.#told === received && this.#state === 3) return;
    this.#told = received;
    fireProgress(this, "progress", received, length);
  }
  #endOfBody() {
    if (this.#handleErrors() || this.#response === null) return;
    const received = this.#received(), length = this.#length();
    if (!this.#sync) this.#progress(received, length);
    if (!this.#sync && !this.#send) return;
    this.#send = false;
    this.#stopTimer();
    this.#setState(4);
    if (this.#state !== 4) return;
    fireProgress(this, "load", received, length);
    if (this.#state !== 4) return;
    fireProgress(this, "loadend", received, length);
  }
  // True if there was an error.
  #handleErrors() {
    if (!this.#send) return true;
    if (this.#timedOut) this.#requestError("timeout", "TimeoutError");
    else if (this.#response === null) this.#requestError("error", "NetworkError");
    else return false;
    return true;
  }
  // A synchronous request tells of its error by the exception alone, unless the browser is one that fires events too.
  #requestError(type, exception, tell = false) {
    this.#state = 4;
    this.#send = false;
    this.#stopTimer();
    this.#setResponse(null);
    if (tell) {
      fire(this, "readystatechange");
      for (const t of [type, "loadend"]) fireProgress(this, t, 0, 0);
    }
    if (this.#sync) throw new DOMException(`Failed to execute 'send' on 'XMLHttpRequest': Failed to load '${this.#url.href}'.`, exception);
    fire(this, "readystatechange");
    if (!this.#uploadComplete) {
      this.#uploadComplete = true;
      if (this.#uploadListener) for (const t of [type, "loadend"]) fireProgress(this.#upload, t, 0, 0);
    }
    for (const t of [type, "loadend"]) fireProgress(this, t, 0, 0);
  }
  abort() {
    this.#terminate();
    if (this.#state === 1 && this.#send || this.#state === 2 || this.#state === 3) this.#requestError("abort", "AbortError");
    if (this.#state === 4) {
      this.#state = 0;
      this.#setResponse(null);
    }
  }
  #stopTimer() {
    if (this.#timer) clearAnyTimer(this.#timer);
    this.#timer = 0;
  }
  #terminate() {
    this.#stopTimer();
    if (this.#fetch > 0) abortFetch(this.#fetch);
    this.#fetch = 0;
    this.#body = null;
  }
  #setState(n) {
    this.#state = n;
    fire(this, "readystatechange");
  }
  #setResponse(r) {
    this.#response = r;
    if (r?.headers === null) r.headers = answerHeaders(r.answer);
    this.#hasBody = r !== null && r.hasBody !== false;
    this.#chunks = [];
    this.#object = undefined;
  }
  #received() {
    let n = 0;
    for (const c of this.#chunks) n += c.length;
    return n;
  }
  // https://fetch.spec.whatwg.org/#concept-header-list-extract-a-length
  #length() {
    const values = new Set(this.#response.headers.filter((h) => h[0].toLowerCase() === "content-length").flatMap((h) => h[1].split(/[\t ]*,[\t ]*/)));
    const [v] = values;
    return values.size === 1 && /^\d+$/.test(v) ? Number(v) : 0;
  }
  #bytes() {
    if (this.#chunks.length !== 1) this.#chunks = [concatBytes(this.#chunks)];
    return this.#chunks[0];
  }
  getResponseHeader(name) {
    required(arguments, 1, "'getResponseHeader' on 'XMLHttpRequest'");
    const n = toByteString(name).toLowerCase();
    const values = (this.#response?.headers ?? []).filter((h) => h[0].toLowerCase() === n).map((h) => h[1]);
    return values.length ? values.join(", ") : null;
  }
  getAllResponseHeaders() {
    if (!this.#response) return "";
    const upper = (s) => s.toUpperCase();
    return [...headersFrom(this.#response.headers, "immutable")]
      .sort((a, b) => upper(a[0]) < upper(b[0]) ? -1 : upper(a[0]) > upper(b[0]) ? 1 : 0).map(([n, v]) => `${n}: ${v}\r\n`).join("");
  }
  overrideMimeType(mime) {
    required(arguments, 1, "'overrideMimeType' on 'XMLHttpRequest'");
    const s = toDOMString(mime);
    if (this.#state >= 3) throw invalidState("The MIME type cannot be overridden when the response is loading or done");
    this.#override = parseMIMEType(s) ?? { essence: "application/octet-stream", parameters: new Map() };
  }
  #mimeType() {
    return extractMIMEType(this.#response.headers.filter((h) => h[0].toLowerCase() === "content-type").map((h) => h[1])) ??
      { essence: "text/xml", parameters: new Map() };
  }
  #text() {
    if (this.#response === null) return "";
    const charset = this.#override?.parameters.get("charset") ?? this.#mimeType().parameters.get("charset");
    const name = charset === undefined ? null : op("encodingName", charset);
    return decodeBytes(name ?? this.#declaredEncoding() ?? "utf-8", this.#bytes());
  }
  // What XML and HTML say of themselves. https://xhr.spec.whatwg.org/#text-response, #document-response
  #declaredEncoding() {
    const type = this.#override ?? this.#mimeType(), wantsDocument = this.#responseType === "document";
    if (this.#responseType !== "" && !wantsDocument) return null;
    const head = latin1(this.#bytes().subarray(0, 1024));
    let m = null;
    if (isXML(type)) m = /^<\?xml[^>]*?\sencoding\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(head);
    else if (wantsDocument) m = /<meta\s[^>]*?charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'/>;]+))/i.exec(head);
    const name = m ? op("encodingName", m[1] ?? m[2] ?? m[3]) : null;
    return name !== null && !isXML(type) && name.startsWith("utf-16") ? "utf-8" : name;
  }
  get responseText() {
    if (this.#responseType !== "" && this.#responseType !== "text") throw invalidState("The response type is not '' or 'text'");
    return this.#state < 3 ? "" : this.#text();
  }
  get responseXML() {
    if (this.#responseType !== "" && this.#responseType !== "document") throw invalidState("The response type is not '' or 'document'");
    return this.#state !== 4 ? null : this.#document();
  }
  // https://xhr.spec.whatwg.org/#document-response
  #document() {
    if (this.#object !== undefined) return this.#object;
    if (this.#response === null || !this.#hasBody) return null;
    const type = this.#override ?? this.#mimeType();
    if (isXML(type)) return this.#object = late("node").parseXML(this.#text(), type.essence, this.#response.url);
    return this.#object = type.essence === "text/html" && this.#responseType === "document" ? late("document").htmlDocument(this.#text(), this.#response.url) : null;
  }
  get response() {
    if (this.#responseType === "" || this.#responseType === "text") return this.#state < 3 ? "" : this.#text();
    if (this.#state !== 4 || this.#response === null) return null;
    if (this.#object !== undefined) return this.#object;
    switch (this.#responseType) {
      case "document": return this.#document();
      case "arraybuffer": return this.#object = this.#bytes().slice().buffer;
      case "blob": return this.#object = makeBlob(this.#bytes(), serializeMIMEType(this.#override ?? this.#mimeType()));
      case "json":
        try {
          return this.#object = this.#chunks.length ? JSON.parse(utf8Decode(this.#bytes())) : null;
        } catch {
          return this.#object = null;
        }
    }
    return null;
  }
}
handlerAttributes(XMLHttpRequest.prototype, ["readystatechange"]);
finish(XMLHttpRequest, "XMLHttpRequest", xhrStates);
showGetters(XMLHttpRequest, "readyState", "status", "responseURL");
