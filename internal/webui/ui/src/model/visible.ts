// Text from outside may hold characters that steer the text around it, or that nobody
// sees. They are shown by their code.

export interface Segment { text: string; hidden: boolean }

// Controls but tab and line feed; bidi marks, embeddings, isolates; zero width and other
// invisible format characters; line and paragraph separators; lone surrogates; tags.
// eslint-disable-next-line no-control-regex
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\u{e0000}-\u{e0fff}]/gu;

/** Splits text into what is shown as it is and what is shown by its code. */
export function segments(text: string): Segment[] {
  const out: Segment[] = [];
  let at = 0;
  for (const m of text.matchAll(hidden)) {
    if (m.index > at) out.push({ text: text.slice(at, m.index), hidden: false });
    out.push({ text: "U+" + m[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0"), hidden: true });
    at = m.index + m[0].length;
  }
  if (at < text.length) out.push({ text: text.slice(at), hidden: false });
  return out;
}

/** The same as one string, for places that hold no markup. */
export function plain(text: string): string {
  return segments(text).map((s) => (s.hidden ? `[${s.text}]` : s.text)).join("");
}

/** Decodes base64 of bytes that are probably UTF-8. */
export function decodeBody(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  } catch {
    return "";
  }
}
