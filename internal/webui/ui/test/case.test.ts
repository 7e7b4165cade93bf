import assert from "node:assert/strict";
import { test } from "node:test";
import { type Case, composed, fixedLinkCase, holdsSecrets, isEdit, isEmpty, linkCase, runsByItself, withAnswers } from "../src/model/case";

test("a link to a real server never runs by itself", () => {
  assert.equal(runsByItself({ url: "http://192.168.0.1/reboot" }), false);
  assert.equal(runsByItself({ paste: "curl http://localhost:8080" }), false);
  assert.equal(runsByItself({}), false);
});

test("a pretend server and a demo play at once", () => {
  assert.equal(runsByItself({ url: "https://a.test", server: { answers: [] } }), true);
  assert.equal(runsByItself({ demo: "scene-1-1" }), true);
});

test("with a paste, only what the person set goes along", () => {
  const form: Case = { paste: "fetch('/x')", page: "https://a.test", url: "https://b.test/x", method: "GET" };
  assert.deepEqual(composed(form, new Set(["paste", "page"])), { paste: "fetch('/x')", page: "https://a.test" });
});

test("without a paste, the form is the case, and empty fields are none", () => {
  assert.deepEqual(composed({ paste: "", url: "https://b.test/x", headers: [], cookies: ["", " "], keepalive: false, body: "" }, new Set()), { url: "https://b.test/x" });
});

test("what is only white space is empty", () => {
  assert.equal(isEmpty({ paste: " \n", url: "" }), true);
  assert.equal(isEmpty({ url: "x" }), false);
});

test("a link carries what was understood of a HAR, with the answers it recorded, and not the HAR", () => {
  const recorded = { answers: [{ on: "request" as const, status: 200, headers: [] }] };
  const har: Case = { paste: "{".repeat(20_000), entry: 3 };
  assert.deepEqual(linkCase(har, { ...har, url: "https://b.test/x" }, recorded), { url: "https://b.test/x", server: recorded });
  const short: Case = { paste: "fetch('/x')", entry: 1 };
  assert.equal(linkCase(short, { url: "https://b.test/x" }, recorded), short);
});

test("a link to a fix carries the fault as it was answered, and no answer of the fix", () => {
  const recorded = { answers: [{ on: "request" as const, status: 200, headers: [] }], further: [{ method: "GET", url: "https://b.test/x", status: 200 }] };
  const understood: Case = { paste: "fetch('/x')", page: "https://a.test", url: "https://b.test/x" };
  assert.deepEqual(fixedLinkCase({ paste: "fetch('/x')" }, understood, recorded, false), { paste: "fetch('/x')", server: recorded, fixed: true });
  const { paste: _, ...rest } = understood;
  assert.deepEqual(fixedLinkCase({ paste: "{}", entry: 2 }, { ...understood, entry: 2 }, recorded, true), { ...rest, server: recorded, fixed: true });
  assert.deepEqual(fixedLinkCase({ paste: "x".repeat(20_000) }, understood, recorded, false), { ...rest, server: recorded, fixed: true });
  assert.deepEqual(fixedLinkCase({ demo: "preflight-404" }, understood, recorded, false), { demo: "preflight-404", fixed: true });
  const own: Case = { url: "https://b.test/x", server: { answers: [] } };
  assert.deepEqual(fixedLinkCase(own, understood, recorded, false), { ...own, fixed: true });
  assert.equal(runsByItself({ paste: "fetch('/x')", fixed: true }), false);
});

test("a server whose answers are edited is where it was, and says nothing about other questions", () => {
  assert.deepEqual(withAnswers({ answers: [], addressSpace: "local", further: [{ method: "GET", url: "https://b.test/" }] }, []), { answers: [], addressSpace: "local" });
  assert.deepEqual(withAnswers(undefined, []), { answers: [] });
});

test("headers and cookies that look like secrets are noticed, pasted ones too", () => {
  for (const c of [{ cookies: ["a=1"] }, { headers: [{ name: "authorization", value: "x" }] }, { headers: [{ name: "X-CSRF-Token", value: "x" }] }, { paste: "curl -H 'Authorization: Bearer x' https://a.test" }, { paste: '{"headers":{"cookie": "a=1"}}' }]) {
    assert.equal(holdsSecrets(c), true, JSON.stringify(c));
  }
  assert.equal(holdsSecrets({ headers: [{ name: "Accept", value: "x" }], paste: "fetch('/x')" }), false);
});

test("a letter more or less is an edit; another text, or none, is not", () => {
  const rows: [string, string, boolean][] = [
    ["fetch('/x')", "fetch('/xy')", true], ["fetch('/x')", "fetch('/')", true], ["fetch('/x', {method: 'PUT'})", "fetch('/x', {method: 'DELETE'})", true],
    ["Access to fetch at 'https://a.test/'", "curl https://a.test/", false], ["fetch('/x')", "", false], ["", "x", false], ["aaaa", "aaaaaaaaaaaa", false],
  ];
  for (const [before, after, want] of rows) assert.equal(isEdit(before, after), want, `${before} -> ${after}`);
});
