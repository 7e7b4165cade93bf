// The part of jQuery that makes a request of its settings. https://api.jquery.com/jQuery.ajax/
const jqueryDefaults = {};
const jqueryAjax = (a, b) => {
  const s = { ...jqueryDefaults, ...(typeof a === "object" ? a : { ...b, url: a }) };
  const method = text(s.method ?? s.type ?? "GET").toUpperCase();
  let url = text(s.url ?? location.href), data = s.data;
  if (data && typeof data === "object" && s.processData !== false) data = jqueryParam(data);
  if (data && (method === "GET" || method === "HEAD")) {
    url += (url.includes("?") ? "&" : "?") + data;
    data = null;
  }
  if (s.cache === false) url += (url.includes("?") ? "&" : "?") + "_=1";
  const x = new XMLHttpRequest();
  x.open(method, url, s.async !== false);
  for (const [name, value] of Object.entries(s.xhrFields ?? {})) x[name] = value;
  const headers = new Map();
  const set = (name, value) => headers.set(name.toLowerCase(), [name, text(value)]);
  const accepts = { json: "application/json, text/javascript, */*; q=0.01", xml: "application/xml, text/xml, */*; q=0.01", html: "text/html, */*; q=0.01", text: "text/plain, */*; q=0.01" };
  set("Accept", accepts[s.dataType] ?? "*/*");
  if (data !== undefined && data !== null && s.contentType !== false) set("Content-Type", s.contentType ?? "application/x-www-form-urlencoded; charset=UTF-8");
  const cross = s.crossDomain ?? new URL(url, location.href).origin !== location.origin;
  if (!cross) set("X-Requested-With", "XMLHttpRequest");
  for (const [name, value] of Object.entries(s.headers ?? {})) set(name, value);
  const deferred = new Promise((resolve, reject) => {
    x.onload = () => {
      let body = x.responseText;
      try { body = JSON.parse(body); } catch {}
      resolve(body);
    };
    x.onerror = () => reject(new Error("error"));
  });
  const jqxhr = Object.assign(deferred, {
    done(f) { deferred.then(f).catch(() => {}); return jqxhr; }, fail(f) { deferred.catch(f); return jqxhr; },
    always(f) { deferred.then(f, f); return jqxhr; }, success(f) { return jqxhr.done(f); }, error(f) { return jqxhr.fail(f); },
    setRequestHeader: set, abort() { x.abort(); },
  });
  if (s.beforeSend?.(Object.assign(x, { setRequestHeader: set }), s) === false) return jqxhr;
  delete x.setRequestHeader;
  for (const [name, value] of headers.values()) x.setRequestHeader(name, value);
  if (s.success) jqxhr.done(s.success);
  if (s.error) jqxhr.fail(s.error);
  x.send(data ?? null);
  return jqxhr;
};
const jqueryParam = (data) => {
  const list = Array.isArray(data) ? data.map((d) => [d.name, d.value]) : Object.entries(data).flatMap(([n, v]) => Array.isArray(v) ? v.map((w) => [n + "[]", w]) : [[n, v]]);
  return list.map(([n, v]) => encodeURIComponent(n) + "=" + encodeURIComponent(v ?? "")).join("&").replace(/%20/g, "+");
};
globalThis.$ = globalThis.jQuery = Object.assign((what) => {
  if (typeof what === "function") {
    what(globalThis.$);
    return globalThis.$;
  }
  return placeholder("$(" + text(what === document ? "document" : what) + ")");
}, {
  ajax: jqueryAjax, param: jqueryParam, ajaxSetup: (s) => void Object.assign(jqueryDefaults, s),
  getJSON: (url, data, success) => jqueryAjax({ url, data: typeof data === "function" ? null : data, success: typeof data === "function" ? data : success, dataType: "json" }),
  trim: (s) => text(s).trim(), each: (list, f) => Object.entries(list).forEach(([i, v]) => f(i, v)), extend: Object.assign,
});
for (const type of ["get", "post"]) {
  $[type] = (url, data, success, dataType) => typeof url === "object" ? jqueryAjax({ ...url, type })
    : jqueryAjax({ url, type, data: typeof data === "function" ? null : data, success: typeof data === "function" ? data : success, dataType });
}
