// The command line's hints name its flags. In the page there are fields and buttons.

const flags: [RegExp, string][] = [
  [/run corscope explain URL --from PAGE/g, "fill in the fields URL and Page"],
  [/corscope explain URL --from PAGE/g, "the lab, with the fields URL and Page filled in,"],
  [/corscope explain (\S+) --from PAGE/g, "the lab, with $1 in the field URL and the page in the field Page,"],
  [/--live --send sends it, and it may change data/g, "“The real server” sends it, when you agree"],
  [/--from with the page's origin, such as --from (\S+)/g, "the page’s origin to the field Page, such as $1"],
  [/--from\b/g, "the field Page"],
  [/(?:-X or )?--(?:request|method)\b|(?<!\S)-X\b/g, "the field Method"],
  [/--header\b|(?<!\S)-H\b/g, "the field Headers"],
  [/--data\b|(?<!\S)-d\b/g, "the field Body"],
  [/--credentials\b/g, "the field Credentials"],
  [/--mode\b/g, "the field Mode"],
  [/--redirect\b/g, "the field Redirect"],
  [/--cookie\b/g, "the field Cookies"],
  [/--entry\b/g, "the list of requests"],
  [/; --live makes the request again/g, "; “The real server” makes the request again"],
  [/--live\b/g, "“The real server”"],
  [/--send sends it/g, "the button below sends it"],
  [/--send\b/g, "“Send it for real”"],
];

/** A hint of the command line in words of the page. What it says of curl is curl's. */
export function inPageWords(text: string): string {
  const curl = text.search(/\bcurl -/);
  const own = curl < 0 ? text : text.slice(0, curl);
  return flags.reduce((t, [flag, word]) => t.replace(flag, word), own) + text.slice(own.length);
}

/** Errors are written in lower case, as one clause; here they stand alone. */
export function asSentence(s: string): string {
  return s.charAt(0).toUpperCase() + s.slice(1) + (/[.!?…]$/.test(s) ? "" : ".");
}

/** What a standard calls the algorithm behind an anchor: "CORS-preflight fetch" for "cors-preflight-fetch-0". */
export function algorithmName(anchor: string): string {
  const name = anchor.replace(/^.*#/, "").replace(/^concept-/, "").replace(/-\d+$/, "");
  const [first = ""] = name.split("-", 1);
  if (first !== "http" && first !== "cors") return name.replaceAll("-", " ");
  return first.toUpperCase() + name.slice(first.length).replace(/-([^-]*)$/, " $1");
}

/** How many of the other causes are named. */
const named = 4;

/** What else the words of a message are said of, the most frequent first. */
export function alsoSaid(others: { title: string }[]): string {
  const titles = others.slice(0, named).map((o) => o.title);
  const more = others.length - titles.length;
  return `The same words are also said of: ${titles.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
}
