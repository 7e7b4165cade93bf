// One call of a staged case, as a page's script would make it. Everything else here stays out of its way: no header, no cookie and no
// listener is added that the case does not have.
"use strict";

const stage = JSON.parse(document.querySelector('meta[name="corscope-stage"]').content);
const most = 64 * 1024;
const patience = 20000;

function text(bytes) {
  return new TextDecoder().decode(bytes);
}

// start reads the first bytes of a body, and stops there.
async function start(response) {
  if (!response.body) return "";
  const reader = response.body.getReader(), read = new Uint8Array(most);
  let length = 0;
  while (length < most) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value.subarray(0, most - length);
    read.set(part, length);
    length += part.length;
  }
  if (length === most) reader.cancel().catch(() => {});
  return text(read.subarray(0, length));
}

async function byFetch({ url, init, limit, stream }) {
  let response;
  try {
    if (stream) init = { ...init, body: new Blob([init.body]).stream(), duplex: "half" };
    response = await fetch(url, limit ? { ...init, signal: AbortSignal.timeout(limit) } : init);
  } catch (e) {
    return { ok: false, error: e.name };
  }
  const outcome = {
    ok: true, type: response.type, status: response.status, redirected: response.redirected, url: response.url,
    headers: [...response.headers].map(([name, value]) => ({ name, value })),
  };
  try {
    outcome.body = await start(response);
  } catch (e) {
    outcome.error = e.name;
  }
  return outcome;
}

async function byImport({ url }) {
  try {
    await import(url);
  } catch (e) {
    return { ok: false, error: e.name };
  }
  return { ok: true };
}

function byXHR({ url, init }) {
  return new Promise(resolve => {
    const x = new XMLHttpRequest();
    x.onerror = () => resolve({ ok: false, error: "error" });
    x.onload = () => resolve({
      ok: true, status: x.status, url: x.responseURL,
      headers: x.getAllResponseHeaders().split("\r\n").filter(Boolean).map(line => {
        const at = line.indexOf(":");
        return { name: line.slice(0, at), value: line.slice(at + 1).trim() };
      }),
      body: text(new Uint8Array(x.response || new ArrayBuffer(0)).subarray(0, most)),
    });
    try {
      x.open(init.method || "GET", url);
      x.responseType = "arraybuffer";
      for (const [name, value] of init.headers || []) x.setRequestHeader(name, value);
      x.withCredentials = init.credentials === "include";
      x.upload.onprogress = () => {};
      x.send(init.body);
    } catch (e) {
      resolve({ ok: false, error: e.name });
    }
  });
}

// call makes the call, within the script's patience.
async function call() {
  let timer;
  const late = new Promise(resolve => { timer = setTimeout(resolve, patience, { ok: false, error: "no end within " + patience / 1000 + " s" }); });
  const outcome = await Promise.race([stage.xhr ? byXHR(stage) : stage.import ? byImport(stage) : byFetch(stage), late]);
  clearTimeout(timer);
  return outcome;
}

// inFrame is the page in a frame of the lab's.
async function inFrame() {
  // The cookies that the case has the browser hold.
  if (stage.cookies) await fetch(stage.cookies, { mode: "no-cors", credentials: "include", cache: "no-store" }).catch(() => {});
  parent.postMessage({ corscope: stage.id, outcome: await call() }, stage.lab);
}

// ask makes requests of which the servers see which cookies go along.
async function ask(urls) {
  for (const url of urls) await fetch(url, { mode: "no-cors", credentials: "include", cache: "no-store" }).catch(() => {});
}

// inWindow is the page in a window of its own. It may be one that is allowed to ask nobody: what it got goes to the target's own page in the
// fragment.
async function inWindow({ next, home }) {
  const outcome = await call();
  await ask(next);
  location.replace(home + "#" + stage.id + encodeURIComponent(JSON.stringify(outcome)));
}

// atHome is the target's own page. A fragment without the stage's secret is of somebody else's making.
async function atHome({ next }) {
  const [, id, outcome] = location.hash.match(/^#(.{43})(.*)$/) ?? [];
  if (id !== stage.id) return;
  await ask(next);
  await fetch("outcome?" + stage.id, { method: "POST", body: decodeURIComponent(outcome) });
  window.close();
  document.body.textContent = "That was it. You can close this window.";
}

if (!stage.window) inFrame();
else if (stage.url) inWindow(stage.window);
else atHome(stage.window);
