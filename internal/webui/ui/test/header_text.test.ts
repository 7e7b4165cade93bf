import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAnswerText, parseHeaderLines, printAnswerText } from "../src/model/header_text";

const on = { on: "request" as const };

test("status lines in the forms that people write", () => {
  const rows: [string, number][] = [["HTTP/1.1 204 No Content", 204], ["HTTP/2 200", 200], ["http/3 418 I'm a teapot", 418], ["404", 404], ["500 Oh no", 500], ["  302  ", 302]];
  for (const [text, status] of rows) {
    const { value, problems } = parseAnswerText(text, on);
    assert.deepEqual([value.status, problems], [status, []], text);
  }
});

test("a first line that is no status line is said, and the line is not taken for a header", () => {
  const { value, problems } = parseAnswerText("Access-Control-Allow-Origin: *", on);
  assert.deepEqual(value.headers, []);
  assert.match(problems[0]!.text, /status line/);
});

test("an informational answer is not one to write", () => {
  assert.match(parseAnswerText("HTTP/1.1 103 Early Hints", on).problems[0]!.text, /not a final answer/);
});

test("headers keep their order, repeats, empty values and inner white space", () => {
  const { value } = parseAnswerText("200\nVary: a\nVary:b  c \nX-Empty:\r\n\nbody\n\nmore", on);
  assert.deepEqual(value.headers, [{ name: "Vary", value: "a" }, { name: "Vary", value: "b  c" }, { name: "X-Empty", value: "" }]);
  assert.equal(value.body, "body\n\nmore");
});

test("each wrong line is named with its number, and the others count", () => {
  const { value, problems } = parseHeaderLines("A: 1\nno colon\n: nameless\nB C: 2\n\nD: 3");
  assert.deepEqual(value.map((h) => h.name), ["A", "D"]);
  assert.deepEqual(problems.map((p) => p.line), [2, 3, 4]);
});

test("a name with a space before its colon is not quietly repaired: servers differ in it", () => {
  assert.equal(parseHeaderLines("Access-Control-Allow-Origin : *").problems.length, 1);
});

test("an answer that does not come", () => {
  const { value } = parseAnswerText("no answer: timeout", on);
  assert.deepEqual([value.status, value.failure], [0, "timeout"]);
  assert.equal(printAnswerText(value), "no answer: timeout");
});

test("what is printed reads back the same", () => {
  for (const text of ["HTTP/1.1 204 No Content", "HTTP/1.1 299", "HTTP/1.1 200 OK\nA: 1\nB:", "HTTP/1.1 200 OK\nA: 1\n\nx\n\ny", "HTTP/1.1 200 OK\n\nx"]) {
    const { value } = parseAnswerText(text, on);
    assert.deepEqual(parseAnswerText(printAnswerText(value), on).value, value, text);
  }
});

test("to whom the answer belongs is kept", () => {
  assert.deepEqual(parseAnswerText("200", { on: "preflight", method: "PUT", url: "https://a.test/" }).value, { on: "preflight", method: "PUT", url: "https://a.test/", status: 200, headers: [] });
});
