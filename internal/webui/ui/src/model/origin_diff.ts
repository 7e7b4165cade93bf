// Two origins, part by part.

export interface OriginPart {
  part: "scheme" | "host" | "port";
  a: string;
  b: string;
  same: boolean;
}

const defaults: Record<string, string> = { http: "80", https: "443", ws: "80", wss: "443", ftp: "21" };

interface Tuple { scheme: string; host: string; port: string }

/** Splits a serialised origin; an opaque one ("null") has no parts. */
export function splitOrigin(origin: string): Tuple | undefined {
  const m = /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?$/i.exec(origin);
  if (!m) return undefined;
  const scheme = m[1]!.toLowerCase();
  return { scheme, host: m[2]!.toLowerCase(), port: m[3] ?? defaults[scheme] ?? "" };
}

/** The parts of two origins beside each other; undefined where one of them has none. */
export function diffOrigins(a: string, b: string): OriginPart[] | undefined {
  const x = splitOrigin(a);
  const y = splitOrigin(b);
  if (!x || !y) return undefined;
  return (["scheme", "host", "port"] as const).map((part) => ({ part, a: x[part], b: y[part], same: x[part] === y[part] }));
}

/** Host and port of a URL or an origin, as people call a server. */
export function hostOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url)?.[1] ?? url;
}

/** The serialised origin of an http URL, by its text; the URL itself where there is none. */
export function originOf(url: string): string {
  try {
    const origin = new URL(url).origin;
    return origin === "null" ? briefURL(url) : origin;
  } catch {
    return url;
  }
}

/** Path and query of a URL. */
export function pathOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] || briefURL(url);
}

/** The beginning of a long data: URL and how long it is, as fetch.BriefURL writes it; every other URL as it is. */
function briefURL(url: string): string {
  if (url.length <= 200 || !url.startsWith("data:")) return url;
  return `${url.slice(0, Math.min(url.indexOf(",") + 17, 200))}... (${Math.round(url.length / 1000)} kB)`;
}
