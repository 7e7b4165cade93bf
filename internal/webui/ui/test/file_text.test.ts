import assert from "node:assert/strict";
import { test } from "node:test";
import { fileText } from "../src/model/file_text";

test("a file is read in the encoding that its first bytes say, and they are no part of the text", () => {
  const le = Buffer.from("\ufeff{ü}", "utf16le");
  for (const bytes of [Buffer.from("{ü}"), Buffer.from("\ufeff{ü}"), le, Buffer.from(le).swap16()]) {
    assert.equal(fileText(new Uint8Array(bytes)), "{ü}");
  }
});
