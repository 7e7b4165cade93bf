// One fetch of a case, as plain data: what JavaScript can see of it.
function bodyOf(body) {
  const bytes = text => Uint8Array.from(text, c => c.charCodeAt(0));
  switch (body.kind) {
    case "bytes": return bytes(body.text);
    case "text": return body.text;
    case "form": return new URLSearchParams(body.text);
    case "blob": return new Blob([bytes(body.text)], {type: body.type});
    case "stream": return new ReadableStream({start(c) { if (body.text) c.enqueue(bytes(body.text)); c.close(); }});
  }
  throw new Error("no such body: " + body.kind);
}

async function runCall(call) {
  const init = {};
  for (const name of ["method", "headers", "mode", "credentials", "redirect", "cache", "referrerPolicy", "referrer", "keepalive"])
    if (call[name] !== undefined) init[name] = call[name];
  if (call.body) init.body = bodyOf(call.body);
  if (call.body?.kind === "stream") init.duplex = "half";
  let response;
  try {
    response = await fetch(call.url, init);
  } catch (e) {
    return {error: e.name};
  }
  const out = {
    type: response.type, status: response.status, statusText: response.statusText, url: response.url,
    redirected: response.redirected, headers: [...response.headers],
  };
  try {
    out.body = await response.text();
  } catch (e) {
    out.bodyError = e.name;
  }
  return out;
}

// A fetch that never ends must not hold up the others of its batch.
const patience = 10000;

async function runCase(calls) {
  const outcomes = [];
  for (const call of calls) {
    if (call.wait) await new Promise(resolve => setTimeout(resolve, call.wait));
    let timer;
    const late = new Promise(resolve => timer = setTimeout(resolve, patience, {error: "no end within " + patience + " ms"}));
    outcomes.push(await Promise.race([runCall(call), late]));
    clearTimeout(timer);
  }
  return outcomes;
}

// Frames run cases for their page. Each is made once and stays.
const frames = new Map();

function frameOf(frame) {
  const key = JSON.stringify(frame);
  if (!frames.has(key)) frames.set(key, new Promise(resolve => {
    const element = document.createElement("iframe");
    if (frame.sandbox) element.setAttribute("sandbox", "allow-scripts");
    element.onload = () => resolve(element.contentWindow);
    element.src = frame.url;
    document.documentElement.append(element);
  }));
  return frames.get(key);
}

async function runIn(frame, calls) {
  if (!frame) return runCase(calls);
  const target = await frameOf(frame), channel = new MessageChannel;
  return new Promise(resolve => {
    channel.port1.onmessage = e => resolve(e.data);
    target.postMessage(calls, "*", [channel.port2]);
  });
}

addEventListener("message", async e => e.ports.length && e.ports[0].postMessage(await runCase(e.data)));

// Runs cases, several at a time, and returns their outcomes as JSON.
async function runAll(cases, width) {
  const outcomes = new Array(cases.length);
  let next = 0;
  await Promise.all(Array.from({length: width}, async () => {
    for (let i; (i = next++) < cases.length;) outcomes[i] = await runIn(cases[i].frame, cases[i].calls);
  }));
  return JSON.stringify(outcomes);
}
