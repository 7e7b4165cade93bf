// Answers and headers as text that a person edits: a status line, headers, an empty
// line, a body. Values are kept as written, but for the white space around them.
import type { Answer } from "./case";
import type { Header } from "./document";

export interface Problem { line: number; text: string }

export interface Parsed<T> { value: T; problems: Problem[] }

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reads lines of "Name: value". Empty lines are passed over. */
export function parseHeaderLines(text: string): Parsed<Header[]> {
  const value: Header[] = [];
  const problems: Problem[] = [];
  lines(text).forEach((line, i) => {
    if (line.trim() !== "") readHeader(line, i + 1, value, problems);
  });
  return { value, problems };
}

export function printHeaderLines(headers: readonly Header[] | undefined | null): string {
  return (headers ?? []).map((h) => `${h.name}: ${h.value}`).join("\n");
}

/** The word before the reason of an answer that does not come. */
const noAnswer = "no answer:";

/**
 * Reads an answer: "HTTP/1.1 204 No Content", "204 No Content" or "204", then headers,
 * then an empty line and the body; or "no answer: connection-refused".
 */
export function parseAnswerText(text: string, like: Pick<Answer, "on" | "method" | "url">): Parsed<Answer> {
  const all = lines(text);
  const value: Answer = { ...like, status: 200, headers: [] };
  const problems: Problem[] = [];
  const first = all[0]?.trim() ?? "";
  if (first.toLowerCase().startsWith(noAnswer)) {
    value.status = 0;
    value.failure = first.slice(noAnswer.length).trim() || "connection-refused";
    return { value, problems };
  }
  const status = /^(?:HTTP\/\d(?:\.\d)?[ \t]+)?(\d{3})(?:[ \t].*)?$/i.exec(first);
  if (status && Number(status[1]) >= 200) {
    value.status = Number(status[1]);
  } else if (status) {
    problems.push({ line: 1, text: `${status[1]} is not a final answer: write 200 to 999` });
  } else {
    problems.push({ line: 1, text: "write a status line, such as HTTP/1.1 200 OK" });
  }
  const end = all.findIndex((line, i) => i > 0 && line.trim() === "");
  const head = end < 0 ? all.slice(1) : all.slice(1, end);
  head.forEach((line, i) => readHeader(line, i + 2, value.headers, problems));
  if (end >= 0) {
    const body = all.slice(end + 1).join("\n");
    if (body !== "") value.body = body;
  }
  return { value, problems };
}

export function printAnswerText(a: Answer): string {
  if (a.failure) return `${noAnswer} ${a.failure}`;
  const phrase = phrases[a.status];
  const head = [`HTTP/1.1 ${a.status}${phrase ? " " + phrase : ""}`];
  if (a.headers.length > 0) head.push(printHeaderLines(a.headers));
  return head.join("\n") + (a.body ? "\n\n" + a.body : "");
}

function readHeader(line: string, number: number, into: Header[], problems: Problem[]): void {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).trim();
  if (colon < 0) {
    problems.push({ line: number, text: `no colon in “${clip(line.trim())}”: write Name: value` });
  } else if (!token.test(line.slice(0, colon).trimStart())) {
    problems.push({ line: number, text: name === "" ? "no name before the colon" : `“${clip(name)}” cannot be the name of a header` });
  } else {
    into.push({ name, value: line.slice(colon + 1).trim() });
  }
}

function lines(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

function clip(s: string): string {
  return s.length > 40 ? s.slice(0, 39) + "…" : s;
}

const phrases: Record<number, string> = {
  200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
  301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect", 308: "Permanent Redirect",
  400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 429: "Too Many Requests",
  500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
};
