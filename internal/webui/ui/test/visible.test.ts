import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../src/model/visible";

test("characters that steer the text or hide are shown by their code", () => {
  const rows: [string, string][] = [
    ["evil\u202egnp.exe", "evil[U+202E]gnp.exe"],
    ["a\u0000b\u001b[31m", "a[U+0000]b[U+001B][31m"],
    ["zero\u200bwidth\ufeff", "zero[U+200B]width[U+FEFF]"],
    ["line\u2028separator\r\n", "line[U+2028]separator[U+000D]\n"],
    ["lone \ud800 half", "lone [U+D800] half"],
    ["tag \u{e0041}", "tag [U+E0041]"],
    ["\u2066isolate\u2069", "[U+2066]isolate[U+2069]"],
  ];
  for (const [text, want] of rows) assert.equal(plain(text), want);
});

test("other text stays as it is, in any script", () => {
  for (const text of ["", "https://a.test/?q=ü", "שלום عالم", "日本 \u{1f9ed}", "tab\tand\nline"]) assert.equal(plain(text), text);
});
