// From a trace to what is played: one event after the other, in the order in which the
// browser met them.
import type { Document, Exchange, Header, Step } from "./document";
import { hostOf, originOf, pathOf } from "./origin_diff";

/** Where an event is seen. */
export type EventKind =
  | "call" //    the page calls: page to browser
  | "check" //   a rule: a mark on the browser's line
  | "send" //    browser to server
  | "answer" //  server to browser
  | "silence" // no answer came
  | "cache" //   the browser answers from its own store
  | "held" //    a request that never leaves
  | "stop" //    the answer, or the call, stops at the barrier before the page
  | "error" //   what the page gets instead
  | "deliver"; // the answer goes on to the page

export type Mark = "pass" | "fail" | "note";

export interface TimelineEvent {
  kind: EventKind;
  /** The line that says it all. */
  title: string;
  /** Lines below it: headers that mattered, or what was wanted and found. */
  detail: string[];
  mark: Mark;
  /** Index of the exchange that it belongs to, or -1. */
  exchange: number;
  /** The origin of the server that it concerns, where there is one. */
  server?: string;
  /** Whether it is part of asking first. */
  preflight?: boolean;
  step?: Step;
}

/** The request headers that CORS is about, in the order in which they are read. */
const asked = ["origin", "access-control-request-method", "access-control-request-headers", "access-control-request-private-network", "cookie", "authorization"];

/** Whether an answer's header has a part in what the browser decides. */
export function matters(name: string): boolean {
  return /^(access-control-|cross-origin-|timing-allow-origin$|location$|vary$|set-cookie$|content-security-policy|strict-transport-security$|clear-site-data$)/i.test(name);
}

/** The document without the exchange that nobody said to send: in the trace it is a failure, and for a reader it has not been. */
export function played(doc: Document): Document {
  const { trace } = doc;
  const last = trace.exchanges.length - 1;
  if (trace.exchanges[last]?.failure?.code !== "not-sent") return doc;
  return { ...doc, trace: { ...trace, exchanges: trace.exchanges.slice(0, last), steps: trace.steps.filter((s) => s.exchange !== last) } };
}

export function timeline(doc: Document): TimelineEvent[] {
  const { trace } = doc;
  const out: TimelineEvent[] = [call(doc)];
  let next = 0;
  const exchangesTo = (last: number) => {
    for (; next <= last && next < trace.exchanges.length; next++) out.push(...exchange(trace.exchanges[next]!, next));
  };
  for (const step of trace.steps) {
    // A redirect's next request follows the step that led to it; an exchange that no step
    // judged has passed by when a later one is judged.
    exchangesTo(step.exchange);
    out.push(check(step));
  }
  exchangesTo(trace.exchanges.length - 1);
  out.push(...ending(doc));
  return out;
}

/** The rule behind what happens at an event that is only the consequence; -1 where there is none. */
export function brokenRule(events: readonly TimelineEvent[], at: number): number {
  const { kind, mark } = events[at]!;
  if (mark !== "fail" || (kind !== "stop" && kind !== "held" && kind !== "error")) return -1;
  for (let i = at - 1; i >= 0; i--) if (events[i]!.kind === "check" && events[i]!.mark === "fail") return i;
  return -1;
}

/** The origins of the servers that were asked or would have been, in that order. */
export function serversOf(events: readonly TimelineEvent[]): string[] {
  return [...new Set(events.flatMap((e) => (e.server ? [e.server] : [])))];
}

function call(doc: Document): TimelineEvent {
  const r = doc.trace.request;
  const detail: string[] = [];
  if (r.mode !== "cors") detail.push(`mode: ${r.mode}`);
  if (r.credentials !== "same-origin") detail.push(`credentials: ${r.credentials}`);
  return {
    kind: "call", mark: "note", exchange: -1,
    title: `fetch: ${r.method} ${pathOf(r.url)}`,
    detail: [...detail, ...(r.headers ?? []).map(line)],
  };
}

function check(step: Step): TimelineEvent {
  // What a note is about is a word of the standard, such as "origin"; what it says is what a reader wants. A header's name stays first.
  const title = (step.verdict === "note" && step.text && !/^[A-Z]/.test(step.subject ?? "") ? step.text : step.subject) ?? step.text ?? step.algorithm;
  const detail: string[] = [];
  if (step.verdict === "note") {
    if (step.got !== undefined && step.subject) detail.push(step.got);
  } else if (step.want !== undefined || step.got !== undefined) {
    const found = `found ${step.got === undefined ? "nothing" : step.got || "an empty value"}`;
    if (step.verdict === "pass" && step.got === step.want) detail.push(found + ", as wanted");
    else detail.push(...(step.want !== undefined ? [`wanted ${step.want || "nothing"}`] : []), found);
  }
  if (step.text && step.text !== title) detail.push(step.text);
  return { kind: "check", title, detail, mark: step.verdict, exchange: step.exchange, step };
}

function exchange(x: Exchange, index: number): TimelineEvent[] {
  const common = { exchange: index, server: originOf(x.url), preflight: x.kind === "preflight" };
  if (x.cache?.state === "local") {
    return [{ ...common, kind: "cache", mark: "note", title: `${x.method} ${pathOf(x.url)}: answered from the HTTP cache`, detail: ["nothing was sent"] }];
  }
  const sent = (x.requestHeaders ?? []).filter((h) => asked.includes(h.name.toLowerCase()));
  sent.sort((a, b) => asked.indexOf(a.name.toLowerCase()) - asked.indexOf(b.name.toLowerCase()));
  const send: TimelineEvent = { ...common, kind: "send", mark: "note", title: `${x.method} ${pathOf(x.url)}`, detail: sent.map(line) };
  if (x.failure) {
    return [send, { ...common, kind: "silence", mark: "fail", title: `no answer: ${x.failure.code}`, detail: [x.failure.detail].filter(Boolean) }];
  }
  const got = (x.responseHeaders ?? []).filter((h) => matters(h.name));
  return [send, { ...common, kind: "answer", mark: "note", title: `${x.status ?? ""} ${x.statusText ?? ""}`.trim(), detail: got.map(line) }];
}

function ending(doc: Document): TimelineEvent[] {
  const { outcome } = doc.trace;
  const last = doc.trace.exchanges.length - 1;
  const common = { exchange: last };
  if (outcome.allowed && doc.verdict === "not-sent") return [held(doc)];
  if (outcome.allowed && doc.verdict === "failed") {
    return [{ ...common, kind: "error", mark: "fail", title: `${outcome.status}, and not a byte of the body`, detail: [doc.bodyError ?? "", "Firefox says TypeError, as if no answer had come"].filter(Boolean) }];
  }
  if (outcome.allowed) {
    const opaque = !outcome.bodyReadable && outcome.type !== "basic" && outcome.type !== "cors";
    return [{
      ...common, kind: "deliver", mark: "pass",
      title: opaque ? `an ${outcome.type === "opaqueredirect" ? "opaque redirect" : "opaque answer"}, sealed` : `${outcome.status}, and the page may read it`,
      detail: opaque ? ["status 0, no headers, no body"] : doc.bodyError ? [doc.bodyError] : [],
    }];
  }
  const error: TimelineEvent = {
    ...common, kind: "error", mark: "fail", title: byXHR(doc) ? "an error event" : "TypeError",
    detail: ["no status, no headers, no body"],
  };
  const answered = last >= 0 && doc.trace.exchanges[last]!.kind === "request" && !doc.trace.exchanges[last]!.failure;
  const phase = outcome.reason?.phase;
  if (doc.verdict === "not-sent") return [held(doc)];
  if (phase === "preflight" || phase === "before" || nextHopRefused(doc)) return [held(doc), error];
  if (!answered) return [error];
  return [{ ...common, kind: "stop", mark: "fail", title: "the answer stops here", detail: ["the browser has it, the page does not"] }, error];
}

/** Whether the page asked with an XMLHttpRequest, which gets an event where fetch() rejects. */
function byXHR({ diagnosis }: Document): boolean {
  return diagnosis.consoles.some((c) => c.javascript?.startsWith("error event"));
}

/** Whether a redirect was followed, and the request to where it led was stopped before it was sent. */
function nextHopRefused({ trace }: Document): boolean {
  const last = trace.exchanges[trace.exchanges.length - 1];
  const step = trace.steps[trace.steps.length - 1];
  const url = trace.outcome.reason?.url;
  return last !== undefined && step?.verdict === "fail" && step.exchange < 0 && url !== undefined && url !== last.url;
}

/** The request that never left: the one that the reason is about, with the hop's method. */
function held(doc: Document): TimelineEvent {
  const { request, outcome, exchanges } = doc.trace;
  const url = outcome.reason?.url ?? outcome.url ?? request.url;
  const last = exchanges[exchanges.length - 1];
  const asked = last?.kind === "preflight" ? last.requestHeaders?.find((h) => h.name.toLowerCase() === "access-control-request-method")?.value : undefined;
  const method = asked ?? request.method;
  return {
    kind: "held", exchange: -1, server: originOf(url), mark: doc.verdict === "not-sent" ? "note" : "fail",
    title: `${method} ${pathOf(url)}`,
    detail: [doc.verdict === "not-sent" ? "not sent: it may change data, and nobody said to send it" : exchanges.length === 0 ? "nothing was sent" : url.startsWith(originOf(exchanges[0]!.url)) ? "never left the browser" : `to ${hostOf(url)}: never left the browser`],
  };
}

/** One line of a header, for a label. */
function line(h: Header): string {
  return `${h.name}: ${h.value}`;
}

/** The sentence for a screen reader and the panel: what an event is. */
export function describe(e: TimelineEvent): string {
  switch (e.kind) {
    case "call": return "The page asks the browser";
    case "check": return e.mark === "pass" ? "A rule is kept" : e.mark === "fail" ? "A rule is broken" : "The browser notes";
    case "send": return `The browser ${e.preflight ? "asks" : "sends to"} ${hostOf(e.server ?? "")}${e.preflight ? " first" : ""}`;
    case "answer": return `${hostOf(e.server ?? "")} answers`;
    case "silence": return `${hostOf(e.server ?? "")} does not answer`;
    case "cache": return "The browser answers from its cache";
    case "held": return "This request does not leave the browser";
    case "stop": return "The browser keeps the answer";
    case "error": return "The page gets an error";
    case "deliver": return "The page gets the answer";
  }
}
