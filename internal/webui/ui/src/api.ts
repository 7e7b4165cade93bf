// The lab's HTTP API, version 1: docs/lab-api.md.
import type { Case, Pretend } from "./model/case";
import type { Document, ExportedFile, Header } from "./model/document";

export interface Info {
  version: number;
  corscope: string;
  targets: { id: string; name: string }[];
  stage: boolean;
  browser: "chromium" | "firefox" | "webkit" | "";
}

export interface Scene { number: number; title: string; story: string; moral: string; steps: { id: string; lead: string; case?: Case; curl?: string }[] }

export interface GalleryCause { id: string; kind: string; title: string; cause: string; group: string; case: Case; compare: boolean }

export interface Gallery { scenes: Scene[]; causes: GalleryCause[] }

export interface Explained { document: Document; text: string; case: Case; pretend?: Pretend; fixed?: Case; call: string; before?: Explained }

export interface Exported { files?: ExportedFile[]; notes?: { feature: string; text: string }[]; cannot?: string[] }

export interface Stage { id?: string; page?: string; sandbox?: boolean; window?: boolean; warnings?: number; expires?: string; cannot?: string }

export interface StagedOutcome {
  ok: boolean; error?: string; type?: string; status?: number; redirected?: boolean;
  url?: string; headers?: Header[]; body?: string;
}

export interface Sent { from: string; to: string; cookie: string }

export interface Side { sentence: string; outcome: StagedOutcome; requests: string[] | null; sent?: Sent[] }

export interface Comparison { agrees: boolean; profile: string; engine: Side; browser: Side; differences?: { what: string; engine: string; browser: string }[]; notes?: string[] }

/** What the server refused, in its words. */
export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly hint?: string, readonly host?: string) {
    super(message);
  }
}

const token = document.querySelector<HTMLMetaElement>('meta[name="corscope-token"]')?.content ?? "";

export const api = {
  info: () => call<Info>("info"),
  gallery: () => call<Gallery>("gallery"),
  explain: (body: { case: Case; send?: boolean; allowPrivate?: string[] }, signal?: AbortSignal) => call<Explained>("explain", body, signal),
  export: (config: unknown, server: string, signal?: AbortSignal) => call<Exported>("export", { config, server }, signal),
  stage: (c: Case) => call<Stage>("stage", { case: c }),
  outcome: (id: string, outcome?: StagedOutcome) => call<Comparison>(`stage/${encodeURIComponent(id)}/outcome`, { outcome }),
};

async function call<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`api/v1/${path}`, body === undefined ? { signal } : {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Corscope-Token": token },
      body: JSON.stringify(body),
      signal,
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new ApiError("lab-gone", "The lab does not answer.", "Is corscope lab still running? Start it again, and reload this page.");
  }
  let answer: unknown;
  try {
    answer = await response.json();
  } catch {
    throw new ApiError("lab-answer", `The lab answered ${response.status} with something that is not JSON.`, "Reload this page.");
  }
  const error = (answer as { error?: { code: string; message: string; hint?: string; host?: string } }).error;
  if (error) throw new ApiError(error.code, error.message, error.hint, error.host);
  if (!response.ok) throw new ApiError("lab-answer", `The lab answered ${response.status}.`, "Reload this page.");
  return answer as T;
}
