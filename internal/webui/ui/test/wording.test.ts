import assert from "node:assert/strict";
import { test } from "node:test";
import { algorithmName, alsoSaid, asSentence, inPageWords } from "../src/model/wording";

test("hints of the command line name the page's fields instead of flags", () => {
  const rows: [string, string][] = [
    ["add --from with the page's origin, such as --from http://localhost:5173", "add the page’s origin to the field Page, such as http://localhost:5173"],
    ["or give the URL and --from", "or give the URL and the field Page"],
    ["because it may change data: --send sends it.", "because it may change data: the button below sends it."],
    ["write it with -H", "write it with the field Headers"],
    ["run corscope explain URL --from PAGE", "fill in the fields URL and Page"],
    ["corscope explain https://a.test/x --from PAGE asks as a browser does", "the lab, with https://a.test/x in the field URL and the page in the field Page, asks as a browser does"],
    ["Nobody sent the request itself: --live --send sends it, and it may change data.", "Nobody sent the request itself: “The real server” sends it, when you agree."],
    ["--live asks it", "“The real server” asks it"],
    ["add --from; curl -v -X OPTIONS -H 'Origin: PAGE' asks as browsers do", "add the field Page; curl -v -X OPTIONS -H 'Origin: PAGE' asks as browsers do"],
    ["x-X is no flag, nor is pre--fix", "x-X is no flag, nor is pre--fix"],
  ];
  for (const [text, want] of rows) assert.equal(inPageWords(text), want);
});

test("an error in lower case becomes a sentence, once", () => {
  assert.equal(asSentence("which page asks? CORS depends on it"), "Which page asks? CORS depends on it.");
  assert.equal(asSentence("The URL has no host."), "The URL has no host.");
});

test("an anchor is called what the standard calls the algorithm, as the command line does", () => {
  for (const [anchor, name] of [
    ["concept-main-fetch", "main fetch"], ["concept-http-fetch", "HTTP fetch"], ["concept-http-redirect-fetch", "HTTP-redirect fetch"],
    ["concept-http-network-or-cache-fetch", "HTTP-network-or-cache fetch"], ["cors-preflight-fetch-0", "CORS-preflight fetch"], ["concept-cors-check", "CORS check"],
    ["fetch#cross-origin-resource-policy-internal-check", "cross origin resource policy internal check"],
  ] as const) assert.equal(algorithmName(anchor), name);
});

test("of the other causes of the same words the first four are named", () => {
  const others = (n: number) => ["a", "b", "c", "d", "e", "f"].slice(0, n).map((title) => ({ title }));
  assert.equal(alsoSaid(others(1)), "The same words are also said of: a.");
  assert.equal(alsoSaid(others(4)), "The same words are also said of: a; b; c; d.");
  assert.equal(alsoSaid(others(6)), "The same words are also said of: a; b; c; d; and 2 more.");
});
