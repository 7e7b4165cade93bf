import assert from "node:assert/strict";
import { test } from "node:test";
import type { Case } from "../src/model/case";
import { FragmentError, decodeFragment, encodeFragment } from "../src/model/fragment";

const full: Case = {
  paste: "Access to fetch at 'https://api.example.com/ü' … \u{1f9ed}",
  entry: 2, page: "https://app.example.com", url: "https://api.example.com/users?q=1#x", method: "DELETE",
  headers: [{ name: "X-A", value: "1" }, { name: "X-A", value: "" }], body: "a\r\nb\u0000c",
  credentials: "include", mode: "cors", redirect: "manual", cache: "no-store",
  keepalive: true, uploadListener: true, stream: true, cookies: ["sid=1; Secure"], demo: "scene-1-1",
  integrity: "sha256-x", targetAddressSpace: "local", import: true, pageSpace: "public", pageHeaders: [{ name: "Content-Security-Policy", value: "connect-src 'self'" }],
  fixed: true,
  server: { addressSpace: "loopback", further: [{ method: "GET", url: "https://x.test/", origin: "https://a.test", status: 200, headers: [], body: "b" }, { method: "OPTIONS", url: "https://x.test/", failure: "timeout" }], answers: [{ on: "preflight", method: "DELETE", url: "https://x.test/", status: 204, headers: [], body: "b", failure: "connection-refused" }] },
};

test("every field of a case comes back from its fragment", async () => {
  assert.deepEqual(await decodeFragment(await encodeFragment(full)), full);
});

test("a long case is deflated, and comes back", async () => {
  const c = { paste: "Access-Control-Allow-Origin ".repeat(5000) };
  const fragment = await encodeFragment(c);
  assert.ok(fragment.length < 2000, `${fragment.length} characters`);
  assert.deepEqual(await decodeFragment(fragment), c);
});

test("JSON that was not deflated is read too", async () => {
  const fragment = "#c=" + Buffer.from('{"url":"https://a.test/"}').toString("base64url");
  assert.deepEqual(await decodeFragment(fragment), { url: "https://a.test/" });
});

test("a fragment that is no case is none", async () => {
  for (const f of ["", "#", "#answer", "#d=abc"]) assert.equal(await decodeFragment(f), undefined, f);
});

test("a damaged link is an error, and says so", async () => {
  const whole = await encodeFragment({ paste: "x".repeat(500) });
  for (const f of ["#c=%%%", "#c=" + Buffer.from("{").toString("base64url"), whole.slice(0, -8), "#c=AAAA"]) {
    await assert.rejects(decodeFragment(f), (e) => e instanceof FragmentError && /damaged/.test(e.message), f);
  }
});

test("a link that unfolds to more than a case can be is refused", async () => {
  const bomb = await encodeFragment({ paste: "0".repeat(17 << 20) });
  assert.ok(bomb.length < 100_000);
  await assert.rejects(decodeFragment(bomb), /unfolds/);
});

test("what has another type than it should is left out", async () => {
  const fragment = "#c=" + Buffer.from(JSON.stringify({
    url: 7, method: "GET", entry: -1, keepalive: "yes", headers: [{ name: "A", value: "b", more: 1 }, { name: 1 }, "x"],
    cookies: ["a=1", 2], fixed: 1, server: { answers: [{ on: "elsewhere" }, null, { on: "request", status: "200" }], further: [null, { method: 1 }, { method: "GET", url: "/", status: "1" }] }, unknown: true,
  })).toString("base64url");
  assert.deepEqual(await decodeFragment(fragment), {
    method: "GET", headers: [{ name: "A", value: "b" }], cookies: ["a=1"], server: { answers: [{ on: "request", status: 200, headers: [] }], further: [{ method: "GET", url: "/" }] },
  });
});
