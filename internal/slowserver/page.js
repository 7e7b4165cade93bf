// What the cases of testdata/browsers/keepalive.json are written with.
const other = "http://other.test", plain = globalThis.fetch.bind(globalThis);
const kib = n => new Uint8Array(n * 1024), sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
let run;
const path = url => url.replace(/\b(head|body|pre)=/g, "$1=" + run);
// A keepalive request of 40 KiB.
const send = (url, n = 40, init = {}) => plain(path(url), {method: "POST", keepalive: true, body: kib(n), ...init});
const say = promise => promise.then(r => r.status ? String(r.status) : r.type, e => e.name);
// Lets the server go on where it waits.
const open = gate => plain("/open?gate=" + run + gate, {method: "POST"});
// Whether 40 KiB more may go out: now, a while later, or before long.
const probe = async () => await say(send("/empty")) === "204" ? "free" : "held";
const still = () => sleep(200).then(probe);
async function later() {
  for (let i = 0; i < 12; i++) if (await still() === "free") return "free";
  return "held";
}
const seen = async () => (await (await plain("/seen", {method: "POST"})).json());

async function runCase(id, work) {
  run = id + "-";
  await seen();
  let timer;
  const late = new Promise(resolve => timer = setTimeout(resolve, 8000, "no end within 8 s"));
  const out = await Promise.race([typeof work === "function" ? work() : work, late]);
  clearTimeout(timer);
  await open("a");
  return JSON.stringify(out);
}
