// A case: what is composed, run, and kept in the link. docs/lab-api.md has its contract.
import type { Header } from "./document";

export interface Case {
  paste?: string;
  entry?: number;
  page?: string;
  url?: string;
  method?: string;
  headers?: Header[];
  body?: string;
  credentials?: string;
  mode?: string;
  redirect?: string;
  cache?: string;
  keepalive?: boolean;
  uploadListener?: boolean;
  stream?: boolean;
  integrity?: string;
  targetAddressSpace?: string;
  import?: boolean;
  pageHeaders?: Header[];
  pageSpace?: string;
  cookies?: string[];
  server?: Pretend;
  demo?: string;
  /** With its complete fix: the fault, the fix, and what comes of it. */
  fixed?: boolean;
}

export interface Pretend {
  answers: Answer[];
  addressSpace?: string;
  /** What the server was asked besides when these answers were recorded. */
  further?: Further[];
}

export interface Further {
  method: string;
  url: string;
  origin?: string;
  status?: number;
  headers?: Header[];
  body?: string;
  failure?: string;
}

export interface Answer {
  on: "preflight" | "request";
  method?: string;
  url?: string;
  status: number;
  headers: Header[];
  body?: string;
  failure?: string;
}

/** What answers a case: the real server, a pretend one, or the demo's own. */
export type Target = "real" | "pretend" | "demo";

export function targetOf(c: Case): Target {
  if (c.server) return "pretend";
  return c.demo ? "demo" : "real";
}

/** Whether there is anything to run. */
export function isEmpty(c: Case): boolean {
  return !c.paste?.trim() && !c.url?.trim() && !c.demo;
}

/**
 * Whether a case may run when the page opens with it. A link comes from anyone, so it
 * never makes a request to a real server by itself.
 */
export function runsByItself(c: Case): boolean {
  return !isEmpty(c) && targetOf(c) !== "real";
}

const secret = /^(authorization|cookie|proxy-authorization|x-api-key|.*(token|secret).*)$/i;

/** Whether a link to the case would carry what looks like a secret. */
export function holdsSecrets(c: Case): boolean {
  if (c.cookies?.length || c.headers?.some((h) => secret.test(h.name))) return true;
  return /\b(authorization|cookie|x-api-key)\b["']?\s*:/i.test(c.paste ?? "");
}

/** Whether after is before with a few letters changed, and not another text. */
export function isEdit(before: string, after: string): boolean {
  const short = Math.min(before.length, after.length);
  let head = 0;
  while (head < short && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < short - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  return head + tail > 0 && 2 * (head + tail) >= Math.max(before.length, after.length);
}

/** The longest paste that a link carries; a HAR is longer. */
const longestPaste = 16_384;

/**
 * The case that a link should carry: the composed one, or, where what was pasted is too
 * long for a link, what was understood of it, answered as it was.
 */
export function linkCase(composed: Case, understood?: Case, recorded?: Pretend): Case {
  if ((composed.paste?.length ?? 0) <= longestPaste) return composed;
  const { paste: _, entry: __, ...rest } = understood ?? composed;
  return rest.server || !recorded ? rest : { ...rest, server: recorded };
}

/**
 * The case for a link to a fix that was applied: the fault, answered as it was when the
 * fix was found, and that the fix is to be applied to it. Nobody is asked again, and who
 * opens the link works the fix out anew.
 */
export function fixedLinkCase(asked: Case, understood: Case, recorded: Pretend | undefined, ofRecord: boolean): Case {
  if (targetOf(asked) !== "real" || !recorded) return { ...linkCase(asked, understood, recorded), fixed: true };
  const { paste: _, entry: __, ...rest } = understood;
  const whole = ofRecord || (asked.paste?.length ?? 0) > longestPaste;
  return { ...(whole ? rest : asked), server: recorded, fixed: true };
}

/** The server with other answers. What it was asked besides says nothing about them. */
export function withAnswers(server: Pretend | undefined, answers: Answer[]): Pretend {
  return server?.addressSpace ? { answers, addressSpace: server.addressSpace } : { answers };
}

/**
 * What is asked when a person has written something: what was pasted, and of the rest
 * only what the person set, so that a new paste is understood anew.
 */
export function composed(understood: Case, set: ReadonlySet<keyof Case>): Case {
  if (!understood.paste) return prune(understood);
  const out: Case = { paste: understood.paste };
  for (const key of set) Object.assign(out, { [key]: understood[key] });
  return prune(out);
}

/** The case without what is empty: an empty field is one that nobody filled in. */
function prune(c: Case): Case {
  const out: Case = {};
  for (const [key, value] of Object.entries(c)) {
    if (value === undefined || value === "" || value === false) continue;
    // The cookies' field has one a line, and a person may leave lines empty.
    const kept = key === "cookies" ? (value as string[]).filter((c) => c.trim() !== "") : value;
    if (Array.isArray(kept) && kept.length === 0) continue;
    Object.assign(out, { [key]: kept });
  }
  return out;
}

/** Reads a case from a link: what has another type than it should is left out. */
export function parseCase(v: unknown): Case {
  if (!isRecord(v)) return {};
  const out: Case = {};
  const strings = ["paste", "page", "url", "method", "body", "credentials", "mode", "redirect", "cache", "integrity", "targetAddressSpace", "pageSpace", "demo"] as const;
  for (const key of strings) {
    const s = v[key];
    if (typeof s === "string") out[key] = s;
  }
  for (const key of ["keepalive", "uploadListener", "stream", "import", "fixed"] as const) if (v[key] === true) out[key] = true;
  if (Number.isInteger(v.entry) && (v.entry as number) > 0) out.entry = v.entry as number;
  const headers = parseHeaders(v.headers);
  if (headers) out.headers = headers;
  const pageHeaders = parseHeaders(v.pageHeaders);
  if (pageHeaders) out.pageHeaders = pageHeaders;
  if (Array.isArray(v.cookies)) out.cookies = v.cookies.filter((s) => typeof s === "string");
  if (isRecord(v.server) && Array.isArray(v.server.answers)) {
    out.server = { answers: v.server.answers.map(parseAnswer).filter((a) => a !== undefined) };
    if (typeof v.server.addressSpace === "string") out.server.addressSpace = v.server.addressSpace;
    if (Array.isArray(v.server.further)) out.server.further = v.server.further.map(parseFurther).filter((f) => f !== undefined);
  }
  return out;
}

function parseAnswer(v: unknown): Answer | undefined {
  if (!isRecord(v) || (v.on !== "preflight" && v.on !== "request")) return undefined;
  const out: Answer = { on: v.on, status: Number.isInteger(v.status) ? (v.status as number) : 200, headers: parseHeaders(v.headers) ?? [] };
  for (const key of ["method", "url", "body", "failure"] as const) {
    const s = v[key];
    if (typeof s === "string") out[key] = s;
  }
  return out;
}

function parseFurther(v: unknown): Further | undefined {
  if (!isRecord(v) || typeof v.method !== "string" || typeof v.url !== "string") return undefined;
  const out: Further = { method: v.method, url: v.url };
  for (const key of ["origin", "body", "failure"] as const) {
    const s = v[key];
    if (typeof s === "string") out[key] = s;
  }
  if (Number.isInteger(v.status)) out.status = v.status as number;
  const headers = parseHeaders(v.headers);
  if (headers) out.headers = headers;
  return out;
}

function parseHeaders(v: unknown): Header[] | undefined {
  if (!Array.isArray(v)) return undefined;
  return v.filter((h) => isRecord(h) && typeof h.name === "string" && typeof h.value === "string").map((h) => ({ name: h.name, value: h.value }));
}

function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}
