// The document of `corscope explain --json`, as far as the page reads it.
// Its schema is internal/cli/schema/explain.schema.json.

export interface Header { name: string; value: string }

export type Verdict = "allowed" | "blocked" | "failed" | "not-sent";

export interface Document {
  version: number;
  verdict: Verdict;
  sentence: string;
  input?: Input;
  relation: Relation;
  notes?: string[];
  bodyError?: string;
  diagnosis: Diagnosis;
  server?: ServerFix;
  curl: string;
  trace: Trace;
}

export interface Input {
  kind: string;
  what: string;
  page?: string;
  url: string;
  message?: { browser?: string; initiator?: string; reason?: string; code?: string; met: boolean; others?: { id: string; title: string }[] };
  notes?: string[];
  assumed?: { text: string; flag?: string }[];
  entries?: { number: number; method: string; url: string; verdict?: string }[];
  entry?: number;
}

/** Whether an input holds the answers too, so that nobody is asked: a HAR, or what curl printed. */
export function isRecording(input: Input | undefined): boolean {
  return input?.kind === "har" || input?.kind === "curl-output";
}

export interface Relation {
  sameOrigin: boolean; sameSite: boolean;
  schemeDiffers: boolean; hostDiffers: boolean; portDiffers: boolean;
  text: string;
}

export interface Diagnosis {
  verdict: "allowed" | "blocked" | "not-cors" | "not-sent";
  findings: Finding[];
  consoles: Console[];
  fix?: Fix;
}

export interface Finding {
  cause: Cause;
  likely?: boolean;
  evidence: { exchange: number; header?: string; value?: string; text: string }[];
}

export interface Cause {
  id: string; title: string; group: string;
  means: string; why: string; recognise: string; fix: string;
  severity: "blocks" | "hides" | "note";
  needs?: string; links?: string[];
}

export type BrowserName = "chromium" | "firefox" | "webkit";

export interface Console {
  browser: BrowserName;
  code?: string;
  lines: { level: "error" | "warning"; text: string }[];
  javascript?: string;
  basis: "measured" | "source" | "reported" | "guess";
  unknown?: boolean;
  others?: string[];
}

export interface ServerChange {
  /** page: the answer that brings the page. */
  on: "preflight" | "request" | "page";
  method: string; url: string;
  header?: string; before?: string[]; after: string; why: string; assumed?: boolean; implied?: boolean;
}

export interface Fix {
  complete: boolean;
  todo?: string;
  server?: ServerChange[];
  page?: { option: string; before: string; after: string; why: string }[];
  callBefore?: string;
  call?: string;
  proofs: { profile: string; before: Reason; after: Reason; reads: boolean }[];
  assumed?: string[];
  notes?: string[];
  config?: unknown;
  configNote?: string;
  avoid?: { what: string; why: string }[];
}

export interface Reason {
  code?: string; phase?: "before" | "preflight" | "request" | string;
  algorithm?: string; step?: string; url?: string;
  subject?: string; want?: string; got?: string; status?: number; detail?: string;
}

export interface ExportedFile { name: string; place: string; content: string }

export interface ServerFix {
  server: string;
  evidence?: string;
  files?: ExportedFile[];
  notes?: { feature: string; text: string }[];
  cannot?: string[];
}

export interface Trace {
  page: { url: string; origin: string; topLevelSite: string; profile: string };
  request: {
    method: string; url: string; origin: string; headers: Header[] | null; bodySize?: number;
    mode: string; credentials: string; redirect: string; cache: string; referrerPolicy: string;
  };
  ignored?: { name: string; value: string; why: string }[];
  preflights?: Preflight[];
  steps: Step[];
  exchanges: Exchange[];
  outcome: Outcome;
}

export interface Preflight {
  hop: number; needed: boolean; cacheHit?: boolean; method?: string; forced?: string;
  headers?: { name: string; value: string; code: string; pos: number; length?: number }[];
}

export interface Step {
  algorithm: string; step?: string; verdict: "pass" | "fail" | "note"; exchange: number;
  subject?: string; want?: string; got?: string; text?: string; link: string;
}

export interface Exchange {
  kind: "preflight" | "request";
  hop: number; method: string; url: string;
  requestHeaders: Header[] | null;
  requestBody?: string; requestBodySize?: number;
  credentials: boolean;
  cookies?: CookieDecision[];
  failure?: { code: string; detail: string; hint?: string };
  status?: number; statusText?: string; proto?: string;
  responseHeaders?: Header[] | null;
  setCookies?: CookieDecision[];
  responseBody?: string; responseBodyTruncated?: boolean;
  remoteAddr?: string;
  cache?: { state: "local" | "validated"; status: number; headers: Header[] | null; storedFor?: string; varyOrigin: boolean };
  start: string; durationNanoseconds: number;
}

export interface CookieDecision { name: string; accepted: boolean; reason: string; why: string }

export interface Outcome {
  allowed: boolean;
  reason?: Reason;
  type: "basic" | "cors" | "error" | "opaque" | "opaqueredirect";
  status: number; url?: string; redirected?: boolean;
  headers?: Header[] | null; hiddenHeaders?: string[]; bodyReadable: boolean;
}
