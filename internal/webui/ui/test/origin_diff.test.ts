import assert from "node:assert/strict";
import { test } from "node:test";
import { diffOrigins, hostOf, pathOf, splitOrigin } from "../src/model/origin_diff";

test("the part that differs is found, with the default port said", () => {
  const rows: [string, string, string[]][] = [
    ["https://a.test", "https://a.test:443", []],
    ["https://a.test", "http://a.test", ["scheme", "port"]],
    ["http://localhost:5173", "http://localhost:8080", ["port"]],
    ["http://localhost:80", "http://127.0.0.1", ["host"]],
    ["https://APP.example.com", "https://api.example.com", ["host"]],
    ["http://[::1]:8080", "http://[::1]:9090", ["port"]],
  ];
  for (const [a, b, want] of rows) {
    assert.deepEqual(diffOrigins(a, b)?.filter((p) => !p.same).map((p) => p.part), want, `${a} and ${b}`);
  }
});

test("an opaque origin has no parts to compare", () => {
  assert.equal(splitOrigin("null"), undefined);
  assert.equal(diffOrigins("null", "https://a.test"), undefined);
  assert.equal(splitOrigin("https://a.test/path"), undefined);
});

test("host and path of a URL as it is written", () => {
  assert.equal(hostOf("https://user:pw@a.test:8443/x?y#z"), "a.test:8443");
  assert.equal(pathOf("https://a.test/x?y=/#z"), "/x?y=/");
  assert.equal(pathOf("https://a.test"), "https://a.test");
  assert.equal(pathOf("data:,x"), "data:,x");
  assert.equal(pathOf(`data:text/plain;base64,${"A".repeat(75000)}`), "data:text/plain;base64,AAAAAAAAAAAAAAAA... (75 kB)");
});
