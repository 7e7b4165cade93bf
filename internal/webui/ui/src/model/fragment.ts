// The state in the URL's fragment: "#c=" and base64url of the case's JSON, raw-deflated
// where that is shorter. A fragment is never sent to a server.
import { type Case, parseCase } from "./case";

const key = "c=";

/** What a link may unfold to. More is not a link that this page made. */
const longest = 16 << 20;

export class FragmentError extends Error {}

export async function encodeFragment(c: Case): Promise<string> {
  const json = new TextEncoder().encode(JSON.stringify(c));
  let bytes = json;
  if (typeof CompressionStream === "function") {
    const deflated = await drain(new Blob([json]).stream().pipeThrough(new CompressionStream("deflate-raw")), longest);
    if (deflated.length < json.length) bytes = deflated;
  }
  return "#" + key + base64url(bytes);
}

/** Reads a fragment: undefined where it carries no case. */
export async function decodeFragment(fragment: string): Promise<Case | undefined> {
  const text = fragment.replace(/^#/, "");
  if (!text.startsWith(key)) return undefined;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = fromBase64url(text.slice(key.length));
  } catch {
    throw new FragmentError("This link is damaged: its end is not base64.");
  }
  if (bytes[0] !== 0x7b /* { */) {
    try {
      bytes = await drain(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")), longest);
    } catch (e) {
      if (e instanceof FragmentError) throw e;
      throw new FragmentError("This link is damaged: it was cut, or a letter in it changed.");
    }
  }
  try {
    return parseCase(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw new FragmentError("This link is damaged: it was cut, or a letter in it changed.");
  }
}

async function drain(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      throw new FragmentError("This link unfolds to more than a case can be.");
    }
    chunks.push(value);
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const c of chunks) {
    out.set(c, at);
    at += c.length;
  }
  return out;
}

function base64url(bytes: Uint8Array): string {
  let s = "";
  for (let i = 0; i < bytes.length; i += 0x8000) s += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(s).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const s = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const out = new Uint8Array(s.length);
  for (let i = 0; i < s.length; i++) out[i] = s.charCodeAt(i);
  return out;
}
