import assert from "node:assert/strict";
import { test } from "node:test";
import type { Document, Exchange, Step } from "../src/model/document";
import { networkRows } from "../src/model/network";
import { durations } from "../src/model/tempo";
import { brokenRule, played, timeline } from "../src/model/timeline";

const page = "https://app.example.com";
const api = "https://api.example.com";

function exchange(kind: Exchange["kind"], method: string, path: string, status: number, headers: [string, string][] = [], more: Partial<Exchange> = {}): Exchange {
  return {
    kind, hop: 0, method, url: api + path, credentials: false, start: "2026-01-01T00:00:00Z", durationNanoseconds: 2e6, status,
    requestHeaders: [{ name: "Origin", value: page }, ...(kind === "preflight" ? [{ name: "Access-Control-Request-Method", value: "DELETE" }] : [])],
    responseHeaders: headers.map(([name, value]) => ({ name, value })), ...more,
  };
}

function step(exchange: number, verdict: Step["verdict"], subject: string, want?: string, got?: string): Step {
  return { algorithm: "concept-cors-check", step: "5", verdict, exchange, subject, want, got, link: "https://fetch.spec.whatwg.org/#concept-cors-check" };
}

function doc(more: { verdict?: Document["verdict"]; method?: string; exchanges?: Exchange[]; steps?: Step[]; outcome?: Partial<Document["trace"]["outcome"]> }): Document {
  return {
    version: 1, verdict: more.verdict ?? "blocked", sentence: "", curl: "",
    relation: { sameOrigin: false, sameSite: true, schemeDiffers: false, hostDiffers: true, portDiffers: false, text: "" },
    diagnosis: { verdict: "blocked", findings: [], consoles: [] },
    trace: {
      page: { url: page + "/", origin: page, topLevelSite: "https://example.com", profile: "spec" },
      request: { method: more.method ?? "GET", url: api + "/x", origin: api, headers: [], mode: "cors", credentials: "same-origin", redirect: "follow", cache: "default", referrerPolicy: "" },
      steps: more.steps ?? [], exchanges: more.exchanges ?? [],
      outcome: { allowed: false, type: "error", status: 0, bodyReadable: false, ...more.outcome },
    },
  };
}

const kinds = (d: Document) => timeline(d).map((e) => e.kind).join(" ");

test("an answer that is withheld reaches the browser and stops before the page", () => {
  assert.equal(kinds(doc({
    exchanges: [exchange("request", "GET", "/x", 200)],
    steps: [step(-1, "note", "origin"), step(0, "fail", "Access-Control-Allow-Origin", page)],
    outcome: { reason: { code: "allow-origin-missing", phase: "request" } },
  })), "call check send answer check stop error");
});

test("an answer of whose body no byte came is no answer to use", () => {
  const d = doc({ verdict: "failed", exchanges: [exchange("request", "GET", "/x", 200)], outcome: { allowed: true, status: 200, type: "cors", bodyReadable: true } });
  assert.equal(kinds(d), "call send answer error");
  assert.equal(timeline(d).at(-1)!.title, "200, and not a byte of the body");
  assert.deepEqual(networkRows(d).map((r) => r.failed), [true]);
});

test("an XMLHttpRequest gets an event, and fetch() a TypeError", () => {
  const ends = (javascript: string) => {
    const d = doc({ exchanges: [exchange("request", "GET", "/x", 200)], outcome: { reason: { code: "allow-origin-missing", phase: "request" } } });
    d.diagnosis.consoles = [{ browser: "chromium", lines: [], javascript, basis: "measured" }];
    return timeline(d).at(-1)!.title;
  };
  assert.equal(ends("error event, status 0"), "an error event");
  assert.equal(ends("TypeError: Failed to fetch"), "TypeError");
});

test("what the page gets, and where the answer stops, lead to the rule that was broken", () => {
  const events = timeline(doc({
    exchanges: [exchange("request", "GET", "/x", 200)],
    steps: [step(0, "fail", "Access-Control-Allow-Origin", page), step(0, "note", "HTTP cache")],
    outcome: { reason: { code: "allow-origin-missing", phase: "request" } },
  }));
  assert.deepEqual(events.map((e, i) => [e.kind, brokenRule(events, i)]), [["call", -1], ["send", -1], ["answer", -1], ["check", -1], ["check", -1], ["stop", 3], ["error", 3]]);
});

test("a note says what it is about in words, and a header keeps its name", () => {
  const note = (subject: string, got: string, text: string) => timeline(doc({ steps: [{ ...step(-1, "note", subject, undefined, got), text }] }))[1]!;
  const origin = note("origin", api, "another origin: asked first");
  assert.deepEqual([origin.title, ...origin.detail], ["another origin: asked first", api]);
  const header = note("Origin", page, "the request asks another origin under CORS");
  assert.deepEqual([header.title, ...header.detail], ["Origin", page, "the request asks another origin under CORS"]);
});

test("an answer that is allowed goes on to the page", () => {
  assert.equal(kinds(doc({
    verdict: "allowed", exchanges: [exchange("request", "GET", "/x", 200)], steps: [step(0, "pass", "Access-Control-Allow-Origin", page, page)],
    outcome: { allowed: true, type: "cors", status: 200, bodyReadable: true },
  })), "call send answer check deliver");
});

test("a request that the preflight refuses is seen not leaving, with its method", () => {
  const events = timeline(doc({
    method: "POST", exchanges: [exchange("preflight", "OPTIONS", "/x", 204)], steps: [step(0, "fail", "Access-Control-Allow-Methods", "DELETE", "GET")],
    outcome: { reason: { code: "method-not-allowed", phase: "preflight", url: api + "/x" } },
  }));
  assert.equal(events.map((e) => e.kind).join(" "), "call send answer check held error");
  assert.equal(events[4]!.title, "DELETE /x");
  assert.match(events[4]!.detail[0]!, /never left/);
  assert.equal(events[1]!.preflight, true);
});

test("where a rule stops the call before anything is sent, no arrow leaves the browser", () => {
  const d = doc({ steps: [step(-1, "fail", "port")], outcome: { reason: { code: "bad-port", phase: "before", url: api + "/x" } } });
  assert.equal(kinds(d), "call check held error");
  assert.deepEqual(networkRows(d).map((r) => [r.status, r.failed]), [["not sent", true]]);
});

test("a server that does not answer is a broken arrow, and no barrier", () => {
  assert.equal(kinds(doc({
    verdict: "failed", exchanges: [exchange("request", "GET", "/x", 0, [], { failure: { code: "connection-refused", detail: "nobody listens" } })],
    outcome: { reason: { code: "connection-refused", phase: "request" } },
  })), "call send silence error");
});

test("a request that may change data stays until somebody says so", () => {
  const events = timeline(doc({ verdict: "not-sent", method: "DELETE", exchanges: [exchange("preflight", "OPTIONS", "/x", 204)], outcome: { allowed: true } }));
  assert.deepEqual(events.map((e) => [e.kind, e.mark]).at(-1), ["held", "note"]);
});

test("a request that nobody said to send is in the trace as a failure, and is not played as one", () => {
  const d = played(doc({
    verdict: "not-sent", method: "DELETE",
    exchanges: [exchange("preflight", "OPTIONS", "/x", 204), exchange("request", "DELETE", "/x", 0, [], { failure: { code: "not-sent", detail: "--send was not given" } })],
    steps: [step(0, "pass", "Access-Control-Allow-Origin", page, page), step(1, "fail", "api.example.com", "an answer", "not-sent")],
    outcome: { reason: { code: "not-sent", phase: "request", url: api + "/x" } },
  }));
  assert.equal(kinds(d), "call send answer check held");
  assert.deepEqual(networkRows(d).map((r) => [r.method, r.status, r.failed]), [["OPTIONS", "204", false], ["DELETE", "not sent", false]]);
});

test("each step stands after the answer that it judged and before the next request", () => {
  const hops = [exchange("request", "GET", "/a", 302, [["Location", "/b"]]), exchange("request", "GET", "/b", 200)];
  assert.equal(kinds(doc({
    exchanges: hops, steps: [step(-1, "note", "origin"), step(0, "pass", "a"), step(0, "note", "Location"), step(-1, "note", "origin"), step(1, "fail", "b")],
    outcome: { reason: { phase: "request" } },
  })), "call check send answer check check check send answer check stop error");
});

test("a redirect to where the browser does not go is followed as far as the request that never leaves", () => {
  const events = timeline(doc({
    exchanges: [exchange("request", "GET", "/a", 302, [["Location", "http://other.example/"]])],
    steps: [step(0, "pass", "a"), step(0, "note", "Location"), step(-1, "fail", "mixed content")],
    outcome: { reason: { code: "mixed-content", phase: "request", url: "http://other.example/b" } },
  }));
  assert.equal(events.map((e) => e.kind).join(" "), "call send answer check check check held error");
  assert.deepEqual([events[6]!.title, events[6]!.server, ...events[6]!.detail], ["GET /b", "http://other.example", "to other.example: never left the browser"]);
});

test("an exchange that no step judged is not lost", () => {
  assert.equal(kinds(doc({ verdict: "allowed", exchanges: [exchange("request", "GET", "/x", 200)], steps: [step(-1, "note", "origin")], outcome: { allowed: true, type: "basic", status: 200, bodyReadable: true } })), "call check send answer deliver");
});

test("an opaque answer is delivered sealed", () => {
  assert.match(timeline(doc({ verdict: "allowed", exchanges: [exchange("request", "GET", "/x", 200)], outcome: { allowed: true, type: "opaque", status: 0 } })).at(-1)!.title, /sealed/);
});

test("only headers that matter are written on arrows, and Set-Cookie and Location do", () => {
  const e = timeline(doc({ exchanges: [exchange("request", "GET", "/x", 200, [["Content-Type", "a"], ["Set-Cookie", "b"], ["Access-Control-Allow-Origin", "*"], ["Location", "c"]])] }))[2]!;
  assert.deepEqual(e.detail, ["Set-Cookie: b", "Access-Control-Allow-Origin: *", "Location: c"]);
});

test("a trace of two hundred steps is over in less than half a minute", () => {
  const steps = Array.from({ length: 200 }, (_, i) => step(-1, "pass", `rule ${i}`));
  const times = durations(timeline(doc({ steps })));
  assert.ok(times.reduce((a, b) => a + b, 0) < 30_000);
  assert.ok(times.every((t) => t > 0));
});
