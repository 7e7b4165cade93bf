// The part of axios that makes a request of a configuration, over XMLHttpRequest as it does in pages.
// https://axios-http.com/docs/req_config
const axiosQuery = (params) => {
  if (!params) return "";
  if (params instanceof URLSearchParams) return text(params);
  const q = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined) continue;
    for (const v of Array.isArray(value) ? value : [value]) {
      q.push(encodeURIComponent(name + (Array.isArray(value) ? "[]" : "")) + "=" + encodeURIComponent(v instanceof Date ? v.toISOString() : typeof v === "object" ? JSON.stringify(v) : v));
    }
  }
  return q.join("&");
};
const merged = (a = {}, b = {}) => ({ ...a, ...b, headers: { ...a.headers, ...b.headers } });
const makeAxios = (given) => {
  const chain = { request: [], response: [] };
  const send = async (config) => {
    let c = merged(instance.defaults, config);
    for (const f of chain.request) c = await f(c) ?? c;
    const method = text(c.method ?? "get").toUpperCase();
    let url = text(c.url ?? "");
    if (c.baseURL && !/^([a-z][a-z\d+\-.]*:)?\/\//i.test(url)) url = url ? text(c.baseURL).replace(/\/+$/, "") + "/" + url.replace(/^\/+/, "") : text(c.baseURL);
    const q = axiosQuery(c.params);
    if (q) url = url.replace(/#.*$/, "") + (url.includes("?") ? "&" : "?") + q;
    const headers = {};
    const set = (name, value) => {
      const old = Object.keys(headers).find((n) => n.toLowerCase() === name.toLowerCase());
      if (old) delete headers[old];
      if (value !== undefined && value !== null && value !== false) headers[name] = text(value);
    };
    const special = ["common", "get", "post", "put", "patch", "delete", "head", "options"];
    for (const group of [{ Accept: "application/json, text/plain, */*" }, c.headers.common, c.headers[method.toLowerCase()], c.headers]) {
      for (const [name, value] of Object.entries(group ?? {})) if (!special.includes(name)) set(name, value);
    }
    let data = c.data;
    const has = (name) => Object.keys(headers).find((n) => n.toLowerCase() === name);
    if (data === undefined || data === null) {
      const type = has("content-type");
      if (type) delete headers[type];
      data = null;
    } else if (data instanceof URLSearchParams) {
      if (!has("content-type")) set("Content-Type", "application/x-www-form-urlencoded;charset=utf-8");
      data = text(data);
    } else if (data instanceof FormData || data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data)) {
      if (data instanceof FormData && has("content-type")) delete headers[has("content-type")];
    } else if (typeof data !== "string") {
      const type = headers[has("content-type")] ?? "";
      if (type.includes("application/x-www-form-urlencoded")) data = axiosQuery(data);
      else {
        if (!type) set("Content-Type", "application/json");
        data = JSON.stringify(data);
      }
    } else if (!has("content-type") && ["POST", "PUT", "PATCH"].includes(method)) set("Content-Type", "application/x-www-form-urlencoded");
    if (c.auth) set("Authorization", "Basic " + btoa(text(c.auth.username ?? "") + ":" + text(c.auth.password ?? "")));
    return new Promise((resolve, reject) => {
      const x = new XMLHttpRequest();
      x.open(method, url, true);
      if (c.withCredentials) x.withCredentials = true;
      for (const [name, value] of Object.entries(headers)) x.setRequestHeader(name, value);
      if (c.onUploadProgress && x.upload) x.upload.addEventListener("progress", c.onUploadProgress);
      x.onload = () => {
        let body = x.responseText;
        try { body = JSON.parse(body); } catch {}
        resolve({ data: body, status: x.status, statusText: x.statusText, headers: {}, config: c, request: x });
      };
      x.onerror = () => reject(Object.assign(new Error("Network Error"), { isAxiosError: true, code: "ERR_NETWORK", config: c }));
      x.send(data);
    });
  };
  const instance = (a, b) => send(typeof a === "string" || a instanceof URL ? { ...b, url: text(a) } : a ?? {});
  instance.defaults = merged({ headers: { common: {} } }, given);
  for (const m of ["get", "delete", "head", "options"]) {
    instance[m] = (url, c) => send({ ...c, method: m, url });
    instance.defaults.headers[m] ??= {};
  }
  for (const m of ["post", "put", "patch"]) {
    instance[m] = (url, data, c) => send({ ...c, method: m, url, data });
    instance[m + "Form"] = (url, data, c) => send({ ...c, method: m, url, data });
    instance.defaults.headers[m] ??= {};
  }
  instance.request = send;
  instance.interceptors = { request: { use: (f) => f && chain.request.push(f), eject() {} }, response: { use() {}, eject() {} } };
  instance.create = (c) => makeAxios(merged(instance.defaults, c));
  instance.isAxiosError = (e) => !!e?.isAxiosError;
  instance.default = instance;
  return instance;
};
globalThis.axios = makeAxios({});
// Angular's HttpClient and AngularJS's $http are called in the same way.
globalThis.$http = globalThis.http = globalThis.axios;
