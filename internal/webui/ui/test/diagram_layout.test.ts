import assert from "node:assert/strict";
import { test } from "node:test";
import { type Measure, layout, wrap } from "../src/model/diagram_layout";
import type { TimelineEvent } from "../src/model/timeline";

const measure: Measure = (text, font) => text.length * (font === "title" ? 8 : 7);

const event = (e: Partial<TimelineEvent>): TimelineEvent => ({ kind: "check", mark: "pass", title: "Access-Control-Allow-Origin", detail: [], exchange: -1, ...e });

const story: TimelineEvent[] = [
  event({ kind: "call", title: "fetch: GET /" + "long".repeat(40) }),
  event({ kind: "send", server: "https://a.test", title: "GET /", detail: ["Origin: https://app.example.com"] }),
  event({ kind: "answer", server: "https://a.test", title: "302", detail: ["Location: https://b.test/" + "x".repeat(300)] }),
  event({ detail: ["wanted https://app.example.com", "found " + "y".repeat(900)] }),
  event({ kind: "send", server: "https://b.test", title: "GET /" }),
  event({ kind: "answer", server: "https://b.test", title: "200" }),
  event({ kind: "held", server: "https://b.test", title: "DELETE /", detail: ["never left the browser"] }),
  event({ kind: "stop", mark: "fail", title: "the answer stops here" }),
  event({ kind: "error", mark: "fail", title: "TypeError" }),
];

for (const width of [320, 360, 560, 700, 1600]) {
  test(`at ${width} px rows do not overlap, and every line of text stays inside`, () => {
    const plan = layout(story, width, measure);
    let bottom = 0;
    for (const row of plan.rows) {
      assert.ok(row.y >= bottom, `${row.event.kind} begins at ${row.y}, above ${bottom}`);
      bottom = row.y + row.height;
      for (const l of row.lines) {
        assert.ok(l.x + measure(l.text, l.font) <= width, `"${l.text}" reaches ${l.x + measure(l.text, l.font)}`);
        assert.ok(l.y > row.y && l.y <= bottom + 8, `"${l.text}" at ${l.y} of ${row.y} to ${bottom}`);
      }
    }
    assert.ok(plan.height >= bottom);
  });
}

test("each server has a line of its own where there is room, and one for all where there is not", () => {
  assert.deepEqual(layout(story, 1200, measure).lanes.map((l) => l.label), ["", "", "a.test", "b.test"]);
  assert.deepEqual(layout(story, 360, measure).lanes.map((l) => l.label), ["", "", "2 servers"]);
});

test("with one line for all servers, each arrow says where it leads", () => {
  const sends = layout(story, 360, measure).rows.filter((r) => r.event.kind === "send");
  assert.deepEqual(sends.map((r) => r.lines[1]!.text), ["to a.test", "to b.test"]);
});

test("a server's line is not drawn through words, and the browser's is whole", () => {
  const plan = layout(story, 700, measure);
  for (const lane of plan.lanes.slice(2)) {
    for (const l of plan.rows.flatMap((r) => r.lines)) {
      if (l.x > lane.x || l.x + measure(l.text, l.font) < lane.x) continue;
      assert.ok(!lane.segments.some(([from, to]) => from < l.y - 4 && to > l.y - 4), `${lane.label} runs through "${l.text}"`);
    }
    assert.ok(lane.segments.every(([from, to]) => to > from));
  }
  assert.ok(plan.lanes[2]!.segments.length > 1);
  assert.deepEqual(plan.lanes[1]!.segments, [[0, plan.height]]);
});

test("an answer that stops ends before the page, an error reaches it", () => {
  const plan = layout(story, 800, measure);
  const page = plan.lanes[0]!.x;
  const browser = plan.lanes[1]!.x;
  const to = (kind: string) => plan.rows.find((r) => r.event.kind === kind)!.to;
  assert.ok(to("stop") > page && to("stop") < browser);
  assert.equal(to("error"), page);
});

test("text breaks at spaces, long words break anywhere, and too much of it ends in an ellipsis", () => {
  assert.deepEqual(wrap("one two three", 60, "detail", measure), ["one two", "three"]);
  assert.deepEqual(wrap("x".repeat(20), 70, "detail", measure), ["x".repeat(10), "x".repeat(10)]);
  assert.deepEqual(wrap("Access-Control-Allow-Origin", 180, "detail", measure), ["Access-Control-Allow-", "Origin"]);
  const cut = wrap("x".repeat(500), 70, "detail", measure);
  assert.equal(cut.length, 4);
  assert.ok(cut[3]!.endsWith("…"));
  assert.deepEqual(wrap("  ", 70, "detail", measure), []);
});

test("a line never ends in half a character", () => {
  for (const line of wrap("\u{1f9ed}".repeat(9), 33, "detail", measure)) assert.ok(!/[\ud800-\udbff]$|^[\udc00-\udfff]/.test(line), line);
});
