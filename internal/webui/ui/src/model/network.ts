// The rows of a network tab: what was sent, and what would have been.
import type { Document, Exchange, Header } from "./document";
import { matters, timeline } from "./timeline";
import { pathOf } from "./origin_diff";

export interface NetworkRow {
  /** Index of the exchange; -1 for a request that never left. */
  exchange: number;
  method: string;
  path: string;
  url: string;
  status: string;
  type: "preflight" | "redirect" | "fetch";
  size: string;
  time: string;
  /** Whether this is where it stops. */
  failed: boolean;
}

export function networkRows(doc: Document): NetworkRow[] {
  const { exchanges, outcome } = doc.trace;
  const rows: NetworkRow[] = exchanges.map((x, i) => ({
    exchange: i,
    method: x.method,
    path: pathOf(x.url),
    url: x.url,
    status: x.failure ? "failed" : x.cache?.state === "local" ? `${x.cache.status} (cache)` : String(x.status ?? ""),
    type: x.kind === "preflight" ? "preflight" : isRedirect(x) ? "redirect" : "fetch",
    size: bodySize(x),
    time: duration(x.durationNanoseconds),
    failed: (!outcome.allowed && doc.verdict !== "not-sent" || doc.verdict === "failed") && i === exchanges.length - 1,
  }));
  const held = timeline(doc).find((e) => e.kind === "held");
  if (held) {
    const url = outcome.reason?.url ?? outcome.url ?? doc.trace.request.url;
    const [method = "", ...path] = held.title.split(" ");
    rows.push({ exchange: -1, method, path: path.join(" "), url, status: "not sent", type: "fetch", size: "", time: "", failed: exchanges.length === 0 && doc.verdict !== "not-sent" });
  }
  return rows;
}

function isRedirect(x: Exchange): boolean {
  return [301, 302, 303, 307, 308].includes(x.status ?? 0) && (x.responseHeaders ?? []).some((h) => h.name.toLowerCase() === "location");
}

function bodySize(x: Exchange): string {
  if (x.responseBody === undefined) return x.failure ? "" : "0 B";
  const n = Math.floor((x.responseBody.length * 3) / 4) - (x.responseBody.endsWith("==") ? 2 : x.responseBody.endsWith("=") ? 1 : 0);
  return (n < 1000 ? `${n} B` : `${(n / 1000).toFixed(1)} kB`) + (x.responseBodyTruncated ? "+" : "");
}

export function duration(nanoseconds: number): string {
  const ms = nanoseconds / 1e6;
  return ms < 1 ? "<1 ms" : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The headers that have a part in the decision first, the others as they came. */
export function mattersFirst(headers: readonly Header[] | null | undefined, request: boolean): { header: Header; matters: boolean }[] {
  const rated = (headers ?? []).map((header) => ({ header, matters: request ? /^(origin$|access-control-request-|cookie$|authorization$)/i.test(header.name) : matters(header.name) }));
  return [...rated.filter((h) => h.matters), ...rated.filter((h) => !h.matters)];
}
