// Has Chromium and Firefox export HARs of a page whose calls go wrong: the fixtures of internal/intake/testdata/har. In e2e:
//   npm install --no-save playwright-core ws
//   for kind in playwright devtools firefox; do node hars/record.mjs ../internal/intake/testdata/har $kind; done
import {execFileSync, spawn} from "node:child_process";
import {mkdtempSync, readFileSync, writeFileSync, readdirSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {chromium} from "playwright-core";
import WebSocket from "ws";

const [folder, kind] = process.argv.slice(2);
const world = spawn("go", ["run", "./hars"], {stdio: ["pipe", "pipe", "inherit"]});
const at = JSON.parse(await new Promise(resolve => createInterface(world.stdout).once("line", resolve)));

const page = "https://app.example.com/";
// One call each of what people ask about, and one that is allowed.
const script = `(async () => {
  const f = "https://faults.example";
  const json = {"Content-Type": "application/json"};
  const put = {method: "PUT", headers: {"Content-Type": "text/plain"}, body: "new"};
  const calls = [
    () => fetch(f + "/allow-origin-missing"),
    () => fetch(f + "/allow-origin-twice"),
    () => fetch(f + "/error-without-allow-origin"),
    () => fetch(f + "/preflight-404", put),
    () => fetch(f + "/preflight-redirect", put),
    () => fetch(f + "/methods-without-it", put),
    () => fetch(f + "/headers-without-content-type", {method: "POST", headers: json, body: "{}"}),
    () => fetch(f + "/preflight-right-answer-wrong", put),
    () => fetch(f + "/wildcard-with-credentials", {credentials: "include"}),
    () => fetch(f + "/redirect-to-nobody"),
    () => fetch(f + "/redirect-on-the-same-server"),
    () => fetch(f + "/preflight-allows-all", {method: "DELETE", credentials: "include", headers: {Authorization: "Bearer demo"}}),
    () => fetch("https://refused.example/"),
    () => fetch("https://nowhere.invalid/"),
    () => new Promise(done => {
      const x = new XMLHttpRequest();
      x.onloadend = done;
      x.open("GET", f + "/allow-origin-other");
      x.send();
    }),
  ];
  for (const call of calls) await call().then(r => r && r.text && r.text()).catch(() => {});
  return "done";
})()`;

// One entry a line, without what is different each time and nobody reads: the page itself, ports, and who called.
function write(name, text) {
  const {log} = JSON.parse(text);
  const entries = log.entries.filter(e => !e.request.url.endsWith("/favicon.ico"));
  for (const e of entries) {
    for (const k of ["_initiator", "_connectionId", "connection", "_securityDetails", "_serverPort", "_frameref", "_monotonicTime"]) delete e[k];
    if (e._resourceType === "document" || e.request.url === page) delete e.response.content.text;
  }
  delete log.entries;
  const head = JSON.stringify({log}).slice(0, -2);
  writeFileSync(join(folder, name), head + ',"entries":[\n' + entries.map(e => JSON.stringify(e)).join(",\n") + "\n]}}\n");
}

const program = execFileSync("which", ["chromium"], {encoding: "utf8"}).trim();
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--no-first-run",
  "--host-resolver-rules=" + at.rules, "--ignore-certificate-errors-spki-list=" + at.spki];

async function playwright() {
  const logs = mkdtempSync(join(tmpdir(), "hars-")), path = join(logs, "playwright.har");
  const browser = await chromium.launch({executablePath: program, args: flags});
  const context = await browser.newContext({recordHar: {path, content: "embed"}});
  const tab = await context.newPage();
  await tab.goto(page);
  await tab.evaluate(script);
  await context.close();
  await browser.close();
  write("playwright.har", readFileSync(path));
  rmSync(logs, {recursive: true, force: true, maxRetries: 10});
}

// The network tab of Chromium's own DevTools, opened beside the page, exports what "Save all as HAR" does.
async function devtools() {
  const profile = mkdtempSync(join(tmpdir(), "hars-"));
  const child = spawn(program, ["--headless=new", "--remote-debugging-port=0", "--remote-allow-origins=*", "--user-data-dir=" + profile, ...flags, "about:blank"], {stdio: ["ignore", "ignore", "pipe"]});
  const address = await new Promise(resolve => createInterface(child.stderr).on("line", l => { const m = /listening on ws:\/\/(\S+?)\//.exec(l); if (m) resolve(m[1]); }));
  const open = async u => (await fetch(`http://${address}/json/new?${encodeURIComponent(u)}`, {method: "PUT"})).json();
  const target = await open("about:blank");
  const front = await open(`devtools://devtools/bundled/devtools_app.html?ws=${address}/devtools/page/${target.id}&panel=network`);
  const session = async t => {
    const socket = new WebSocket(t.webSocketDebuggerUrl, {maxPayload: 1 << 28});
    await new Promise(resolve => socket.once("open", resolve));
    let last = 0;
    return (method, params = {}) => new Promise((resolve, reject) => {
      const id = ++last;
      const hear = data => {
        const m = JSON.parse(data);
        if (m.id !== id) return;
        socket.off("message", hear);
        m.error ? reject(new Error(method + ": " + m.error.message)) : resolve(m.result);
      };
      socket.on("message", hear);
      socket.send(JSON.stringify({id, method, params}));
    });
  };
  const inFront = await session(front), inPage = await session(target);
  const run = async (s, expression) => {
    const r = await s("Runtime.evaluate", {expression, awaitPromise: true, returnByValue: true});
    if (r.exceptionDetails) throw new Error(JSON.stringify(r.exceptionDetails));
    return r.result.value;
  };
  await new Promise(resolve => setTimeout(resolve, 4000));
  await inPage("Page.navigate", {url: page});
  await new Promise(resolve => setTimeout(resolve, 1500));
  await run(inPage, script);
  await new Promise(resolve => setTimeout(resolve, 1000));
  const text = await run(inFront, `(async () => {
    const HAR = await import("devtools://devtools/bundled/models/har/har.js");
    const Logs = await import("devtools://devtools/bundled/models/logs/logs.js");
    const log = await HAR.Log.Log.build(Logs.NetworkLog.NetworkLog.instance().requests(), {sanitize: true});
    return JSON.stringify({log}, null, 2);
  })()`);
  write("chromium-devtools.har", text);
  child.kill();
  await new Promise(resolve => child.once("exit", resolve));
  rmSync(profile, {recursive: true, force: true, maxRetries: 10});
}

// Firefox exports by itself what its network tab saw of a page, where its preferences say so and the tools are open.
async function firefox() {
  const profile = mkdtempSync(join(tmpdir(), "hars-")), logs = mkdtempSync(join(tmpdir(), "hars-logs-"));
  const [host, port] = at.socks.split(":");
  const prefs = {
    "network.proxy.type": 1, "network.proxy.socks": host, "network.proxy.socks_port": +port, "network.proxy.socks_version": 5,
    "network.proxy.socks_remote_dns": true, "network.proxy.no_proxies_on": "", "network.proxy.allow_hijacking_localhost": true,
    "network.trr.mode": 5, "dom.security.https_first": false, "datareporting.policy.dataSubmissionEnabled": false,
    "toolkit.telemetry.enabled": false, "app.normandy.enabled": false, "browser.shell.checkDefaultBrowser": false,
    "browser.startup.homepage_override.mstone": "ignore", "browser.aboutwelcome.enabled": false, "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false, "services.settings.server": "data:,#remote-settings-dummy/v1",
    "devtools.toolbox.selectedTool": "netmonitor", "devtools.netmonitor.har.enableAutoExportToFile": true, "devtools.netmonitor.har.defaultLogDir": logs,
    "devtools.netmonitor.har.forceExport": true, "devtools.netmonitor.har.pageLoadedTimeout": 6000, "devtools.netmonitor.har.includeResponseBodies": true,
    "devtools.netmonitor.har.defaultFileName": "firefox", "devtools.chrome.enabled": true,
  };
  writeFileSync(join(profile, "user.js"), Object.entries(prefs).map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});\n`).join(""));
  const child = spawn("firefox-esr", ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "--devtools", "about:blank"],
    {stdio: ["ignore", "ignore", "pipe"], env: {...process.env, HOME: profile}});
  const address = await new Promise(resolve => createInterface(child.stderr).on("line", l => { const m = /WebDriver BiDi listening on (\S+)/.exec(l); if (m) resolve(m[1]); }));
  const socket = new WebSocket(address + "/session", {maxPayload: 1 << 28});
  await new Promise(resolve => socket.once("open", resolve));
  let last = 0;
  const call = (method, params) => new Promise((resolve, reject) => {
    const id = ++last;
    const hear = data => {
      const m = JSON.parse(data);
      if (m.id !== id) return;
      socket.off("message", hear);
      m.type === "error" ? reject(new Error(method + ": " + m.message)) : resolve(m.result);
    };
    socket.on("message", hear);
    socket.send(JSON.stringify({id, method, params}));
  });
  await call("session.new", {capabilities: {alwaysMatch: {acceptInsecureCerts: true}}});
  await new Promise(resolve => setTimeout(resolve, 5000));
  const tree = await call("browsingContext.getTree", {});
  const context = tree.contexts[0].context;
  await call("browsingContext.navigate", {context, url: page, wait: "complete"});
  await call("script.evaluate", {expression: script, target: {context}, awaitPromise: true});
  for (let i = 0; i < 40 && readdirSync(logs).length === 0; i++) await new Promise(resolve => setTimeout(resolve, 500));
  for (const name of readdirSync(logs)) write("firefox.har", readFileSync(join(logs, name)));
  child.kill();
  await new Promise(resolve => child.once("exit", resolve));
  rmSync(profile, {recursive: true, force: true, maxRetries: 10});
  rmSync(logs, {recursive: true, force: true, maxRetries: 10});
}

await {playwright, devtools, firefox}[kind]();
world.stdin.end();
