// One fetch of a case, as plain data: what JavaScript can see of it.
function bodyOf(body) {
  const bytes = text => Uint8Array.from(text, c => c.charCodeAt(0));
  switch (body.kind) {
    case "bytes": return bytes(body.text);
    case "text": return body.text;
    case "form": return new URLSearchParams(body.text);
    case "blob": return new Blob([bytes(body.text)], {type: body.type});
  }
  throw new Error("no such body: " + body.kind);
}

async function runCall(call) {
  const init = {};
  for (const name of ["method", "headers", "mode", "credentials", "redirect", "cache", "referrerPolicy", "referrer", "keepalive"])
    if (call[name] !== undefined) init[name] = call[name];
  if (call.body) init.body = bodyOf(call.body);
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
    let timer;
    const late = new Promise(resolve => timer = setTimeout(resolve, patience, {error: "no end within " + patience + " ms"}));
    outcomes.push(await Promise.race([runCall(call), late]));
    clearTimeout(timer);
  }
  return outcomes;
}

// Runs cases, several at a time, and returns their outcomes as JSON.
async function runAll(cases, width) {
  const outcomes = new Array(cases.length);
  let next = 0;
  await Promise.all(Array.from({length: width}, async () => {
    for (let i; (i = next++) < cases.length;) outcomes[i] = await runCase(cases[i]);
  }));
  return JSON.stringify(outcomes);
}
