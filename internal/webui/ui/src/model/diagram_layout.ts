// Where everything in the diagram stands. Pure: text is measured by a function that is
// given, so that nothing is laid out twice and nothing moves later.
import { hostOf } from "./origin_diff";
import type { TimelineEvent } from "./timeline";
import { serversOf } from "./timeline";
import { plain } from "./visible";

export type Font = "title" | "detail";
export type Measure = (text: string, font: Font) => number;

export interface Lane {
  name: string;
  label: string;
  x: number;
  servers: string[];
  /** From where to where it is drawn: it leaves room for words that cross it. */
  segments: [number, number][];
}

export interface Line { text: string; x: number; y: number; font: Font }

export interface Row {
  event: TimelineEvent;
  y: number;
  height: number;
  /** Where its arrow or its mark is. */
  lineY: number;
  /** An arrow's ends; for a mark both are the browser's line. */
  from: number;
  to: number;
  lines: Line[];
}

export interface Layout { width: number; height: number; lanes: Lane[]; barrier: number; rows: Row[] }

export const lineHeight = { title: 18, detail: 16 } as const;
const gap = 14;
/** How many lines a label may take. */
const mostLines = 4;
/** Below this width there is one line for all servers. */
const narrow = 560;
const mostServers = 3;

export function layout(events: readonly TimelineEvent[], width: number, measure: Measure): Layout {
  const lanes = placeLanes(serversOf(events), width);
  const page = lanes[0]!.x;
  const browser = lanes[1]!.x;
  const barrier = Math.round(page + (browser - page) * 0.55);
  const laneOf = (server: string | undefined) => lanes.find((l) => server !== undefined && l.servers.includes(server))?.x ?? lanes[2]!.x;
  const rows: Row[] = [];
  let y = gap;
  for (const event of events) {
    const row = placeRow(event, y, { page, browser, barrier, server: laneOf(event.server), width, measure, several: lanes.length === 3 && (lanes[2]!.servers.length > 1) });
    rows.push(row);
    y += row.height + gap;
  }
  const height = y + gap;
  for (const lane of lanes) lane.segments = segments(lane.x, height, rows, measure);
  return { width, height, lanes, barrier, rows };
}

function segments(x: number, height: number, rows: Row[], measure: Measure): [number, number][] {
  const out: [number, number][] = [];
  let from = 0;
  for (const l of rows.flatMap((r) => r.lines)) {
    if (l.x - 3 > x || l.x + measure(l.text, l.font) + 3 < x) continue;
    if (l.y - 12 > from) out.push([from, l.y - 12]);
    from = l.y + 4;
  }
  if (height > from) out.push([from, height]);
  return out;
}

function placeLanes(servers: string[], width: number): Lane[] {
  const room = width < narrow ? 1 : Math.max(1, Math.min(servers.length, mostServers));
  const edge = width < narrow ? 30 : 64;
  const browser = Math.round(width < narrow ? Math.max(96, width * 0.3) : Math.max(150, width * 0.26));
  const lanes: Lane[] = [
    { name: "page", label: "", x: edge, servers: [], segments: [] },
    { name: "browser", label: "", x: browser, servers: [], segments: [] },
  ];
  const first = browser + (width - edge - browser) * (room === 1 ? 1 : room === 2 ? 0.58 : 0.46);
  for (let i = 0; i < room; i++) {
    const mine = i === room - 1 ? servers.slice(i) : servers.slice(i, i + 1);
    const x = room === 1 ? width - edge : first + ((width - edge - first) * i) / (room - 1);
    lanes.push({ name: mine.length > 1 ? "servers" : "server", label: mine.length > 1 ? `${mine.length} servers` : hostOf(mine[0] ?? ""), x: Math.round(x), servers: mine, segments: [] });
  }
  return lanes;
}

interface Places { page: number; browser: number; barrier: number; server: number; width: number; measure: Measure; several: boolean }

function placeRow(event: TimelineEvent, y: number, p: Places): Row {
  const ends = arrow(event, p);
  const lines: Line[] = [];
  const write = (text: string, font: Font, x: number, at: number): number => {
    for (const t of wrap(plain(text), p.width - 12 - x, font, p.measure)) {
      lines.push({ text: t, x, y: at, font });
      at += lineHeight[font];
    }
    return at;
  };
  switch (event.kind) {
    case "check":
    case "cache":
    case "call":
    case "stop":
    case "error":
    case "deliver": {
      // The mark or the arrow to the left of the browser's line, the words to its right.
      const tall = event.kind === "stop" || event.kind === "deliver" ? 12 : 0;
      let at = write(event.title, "title", p.browser + 20, y + 13 + tall);
      for (const d of event.detail) at = write(d, "detail", p.browser + 20, at);
      return { event, y, height: Math.max(at - y - 8, 16 + 2 * tall), lineY: y + 8 + tall, ...ends, lines };
    }
    case "held": {
      const lineY = write(event.title, "title", p.browser + 12, y + 13) - 5;
      // The words stand behind the wall, where the arrow would have gone on.
      const at = write(event.detail.join(", "), "detail", ends.to + 22, lineY + 4);
      return { event, y, height: Math.max(at - y - 12, lineY - y + 10), lineY, ...ends, lines };
    }
    case "send":
    case "answer":
    case "silence": {
      const lineY = write(event.title, "title", p.browser + 12, y + 13) - 5;
      let at = lineY + 15;
      if (p.several && event.kind === "send" && event.server) at = write(`to ${hostOf(event.server)}`, "detail", p.browser + 12, at);
      for (const d of event.detail) at = write(d, "detail", p.browser + 12, at);
      return { event, y, height: Math.max(at - y - 10, lineY - y + 6), lineY, ...ends, lines };
    }
  }
}

function arrow(event: TimelineEvent, p: Places): { from: number; to: number } {
  switch (event.kind) {
    case "call": return { from: p.page, to: p.browser };
    case "send": return { from: p.browser, to: p.server };
    case "answer": return { from: p.server, to: p.browser };
    case "silence": return { from: p.server, to: Math.round((p.server + p.browser) / 2) };
    case "held": return { from: p.browser, to: Math.round(p.browser + (p.server - p.browser) * 0.2) };
    case "stop": return { from: p.browser, to: p.barrier };
    case "error": return { from: p.browser, to: p.page };
    case "deliver": return { from: p.browser, to: p.page };
    default: return { from: p.browser, to: p.browser };
  }
}

/** Breaks text into lines no wider than room, at spaces where it can, or between parts of a name or a URL; the last one says when more was left out. */
export function wrap(text: string, room: number, font: Font, measure: Measure): string[] {
  const out: string[] = [];
  let rest = text.replace(/\s+/g, " ").trim();
  if (rest.length > 2000) rest = rest.slice(0, 2000);
  while (rest !== "") {
    let n = fits(rest, room, font, measure);
    if (n < rest.length) {
      const space = rest.lastIndexOf(" ", n);
      const part = Math.max(...[..."-/:.,=&;"].map((c) => rest.lastIndexOf(c, n - 1))) + 1;
      if (space > n / 2) n = space;
      else if (part > n / 2) n = part;
      if (out.length === mostLines - 1) {
        out.push(rest.slice(0, Math.max(1, fits(rest, room - measure("…", font), font, measure))) + "…");
        return out;
      }
    }
    out.push(rest.slice(0, n).trimEnd());
    rest = rest.slice(n).trimStart();
  }
  return out;
}

/** How many characters fit: at least one, and never half of a surrogate pair. */
function fits(text: string, room: number, font: Font, measure: Measure): number {
  if (measure(text, font) <= room) return text.length;
  let low = 1;
  let high = text.length;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (measure(text.slice(0, mid), font) <= room) low = mid;
    else high = mid;
  }
  return low > 1 && /[\ud800-\udbff]/.test(text[low - 1]!) ? low - 1 : low;
}
