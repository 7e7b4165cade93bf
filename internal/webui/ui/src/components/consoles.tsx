import { useState } from "preact/hooks";
import type { Console } from "../model/document";
import { CopyButton, Outside, Tabs, browserNames } from "./text";

const bases: Record<Console["basis"], string> = {
  measured: "measured in this browser", source: "from the browser’s source", reported: "as people report it", guess: "a guess",
};

export function Consoles({ consoles, browser }: { consoles: Console[]; browser: string }) {
  const [picked, setPicked] = useState<string>();
  // Until one is picked, the reader's own browser comes first.
  const at = picked ?? (consoles.some((c) => c.browser === browser) ? browser : consoles[0]!.browser);
  return (
    <section class="consoles" aria-labelledby="consoles-title">
      <h2 id="consoles-title">What each browser prints</h2>
      <Tabs label="Browsers" at={at} onChange={setPicked} tabs={consoles.map((c) => ({ id: c.browser, name: browserNames[c.browser] ?? c.browser, body: () => <ConsoleView c={c} /> }))} />
    </section>
  );
}

function ConsoleView({ c }: { c: Console }) {
  const all = c.lines.map((l) => l.text).join("\n");
  return (
    <div class="console panel">
      {c.lines.length === 0 ? <p class="quiet">{c.unknown ? "Not known: this browser goes on after what was recorded." : "Nothing."}</p> : (
        <>
          <ol>
            {c.lines.map((l) => <li class={l.level}><span class="mark" aria-hidden="true">{l.level === "error" ? "✕" : "!"}</span><span class="sr-only">{l.level}: </span><Outside text={l.text} /></li>)}
          </ol>
          <CopyButton text={all} />
        </>
      )}
      {c.javascript ? <p>The script gets <code><Outside text={c.javascript} /></code></p> : null}
      {c.others?.length ? <p class="quiet">Or: {c.others.map((o) => <Outside text={o} />)}</p> : null}
      <p class="quiet basis">{capital(bases[c.basis] ?? c.basis)}.</p>
    </div>
  );
}

function capital(s: string): string {
  return s.charAt(0).toUpperCase() + s.slice(1);
}
