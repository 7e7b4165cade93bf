import { useEffect, useRef, useState } from "preact/hooks";
import type { Lab } from "../lab";
import { leadTo } from "../lead";
import { type Document, isRecording } from "../model/document";
import { fieldOf } from "../model/fields";
import { plain } from "../model/visible";
import { asSentence, inPageWords } from "../model/wording";
import { FixSummary } from "./fix_summary";
import { Outside } from "./text";

const words = { allowed: "ALLOWED", blocked: "BLOCKED", failed: "FAILED", "not-sent": "NOT SENT" } as const;
const glyphs = { allowed: "✓", blocked: "✕", failed: "!", "not-sent": "?" } as const;

/** Whether the person reloaded the page, and knows what is in it: until another link is opened in it. */
let reloaded = performance.getEntriesByType("navigation").some((n) => (n as PerformanceNavigationTiming).type === "reload");
addEventListener("popstate", () => { reloaded = false; }, { once: true });

/** The answer, first and big. Its status line is always there, so that a screen reader hears it change. */
export function Verdict({ lab }: { lab: Lab }) {
  const { shown, error, running } = lab;
  return (
    <section class="verdict-area" aria-label="Verdict">
      <p class="sr-only" role="status">{spoken(lab)}</p>
      {error ? <Trouble lab={lab} /> : lab.fromLink ? <FromLink lab={lab} /> : shown ? <Answer lab={lab} /> : running ? <p class="waiting">Asking, as a browser would…</p> : null}
    </section>
  );
}

function spoken({ error, fromLink, running, shown }: Lab): string {
  if (error) return plain(error.code === "private-address" ? `${error.message}.` : asSentence(error.message));
  if (running) return "Asking.";
  if (fromLink) return reloaded ? "The page was reloaded. Nothing was sent again." : "A link filled this in. Nothing was sent yet.";
  return shown ? `${words[shown.document.verdict]}. ${plain(sentenceOf(shown.document))}${shown.applied ? ` ${plain(without(shown.applied.before.document))}` : ""}` : "";
}

/** The sentence of the command line; one that names a flag names the button instead. */
function sentenceOf(doc: Document): string {
  return doc.verdict === "not-sent" ? inPageWords(doc.sentence) : doc.sentence;
}

/** What it was like before the fix, in a sentence or two. */
function without(doc: Document): string {
  const main = doc.diagnosis.findings[0];
  return `Without the fix: ${words[doc.verdict]}. ${sentenceOf(doc)}${main ? ` ${main.likely ? "Probably " : "Cause: "}${main.cause.title}.` : ""}`;
}

function Answer({ lab }: { lab: Lab }) {
  const { document: doc, applied, withoutFix } = lab.shown!;
  const main = doc.diagnosis.findings[0];
  const more = doc.diagnosis.findings.length - 1;
  return (
    <div class={`verdict ${doc.verdict}${lab.running ? " stale" : ""}`} data-verdict={doc.verdict}>
      <p class="word"><span class="glyph" aria-hidden="true">{glyphs[doc.verdict]}</span> {words[doc.verdict]}</p>
      <h1><Outside text={sentenceOf(doc)} /></h1>
      {main && doc.verdict !== "allowed" ? (
        <p class="because">
          {main.likely ? "Probably " : "Cause: "}{main.cause.title}.
          {more > 0 ? ` ${more === 1 ? "One more thing is" : `${more} more things are`} wrong with it, below.` : ""}
        </p>
      ) : null}
      {main && doc.verdict === "allowed" ? <p class="because">Worth knowing: {main.cause.title}.</p> : null}
      {doc.verdict === "not-sent" && !isRecording(doc.input) ? (
        <p class="ask">
          <button type="button" class="primary" onClick={() => lab.run({ send: true })} disabled={lab.running}>Send it for real</button>
        </p>
      ) : null}
      <FixSummary lab={lab} />
      {applied ? (
        <>
          <p class="was"><Outside text={without(applied.before.document)} /></p>
          <p class="ask">
            The fix is applied, to a pretend server.
            <button type="button" onClick={() => leadTo("fix-title")}>The fix and its proof</button>
            {applied.fix.config ? <button type="button" onClick={() => leadTo("snippets-title")}>The lines for your server</button> : null}
            <button type="button" onClick={lab.takeBack} disabled={lab.running}>Take the fix back</button>
          </p>
        </>
      ) : null}
      {withoutFix ? <p class="was">The link says that a fix was applied. There is none for this call: this is the call as it is.</p> : null}
      {lab.changed && !lab.running ? <p class="quiet">You changed the request since. Explain again to see what that does.</p> : null}
    </div>
  );
}

function FromLink({ lab }: { lab: Lab }) {
  const { form } = lab;
  return (
    <div class="verdict not-sent">
      <p class="word"><span class="glyph" aria-hidden="true">?</span> {reloaded ? "RELOADED" : "FROM A LINK"}</p>
      <h1>{reloaded ? "The page was reloaded. Nothing was sent again." : "A link filled this in. Nothing was sent yet."}</h1>
      <p>
        {form.url ? <>It sends <code><Outside text={`${form.method || (form.paste ? "" : form.body ? "POST" : "GET")} ${form.url}`.trim()} /></code></> : "It asks what the pasted text names,"} from your machine
        {form.page ? <>, as the page <code><Outside text={form.page} /></code> would</> : null}.{reloaded ? null : " Look at it first: links come from anyone."}
      </p>
      <p class="ask"><button type="button" class="primary" onClick={() => lab.run()}>Run it</button></p>
    </div>
  );
}

function Trouble({ lab }: { lab: Lab }) {
  const error = lab.error!;
  if (error.code === "private-address") {
    return (
      <div class="verdict not-sent">
        <p class="word"><span class="glyph" aria-hidden="true">?</span> ASKING YOU FIRST</p>
        <h1><Outside text={error.message} />.</h1>
        <p>Is it your own server, or one that you may ask? A page or a link from somebody else may have put it here.</p>
        <p class="ask"><button type="button" class="primary" onClick={() => lab.run({ allowHost: error.host })}>Ask {error.host ? <Outside text={error.host} /> : "it"}</button></p>
      </div>
    );
  }
  if (error.code === "page-missing") return <WhichPage lab={lab} />;
  const field = fieldOf(error.code);
  return (
    <div class="verdict failed">
      <p class="word"><span class="glyph" aria-hidden="true">!</span> NOT RUN</p>
      <h1><Outside text={asSentence(error.message)} /></h1>
      {error.hint ? <p><Outside text={asSentence(inPageWords(error.hint))} /></p> : null}
      {field ? <p class="ask"><button type="button" onClick={() => document.getElementById(field)?.focus()}>Go to the field</button></p> : null}
    </div>
  );
}

/** What most messages and every URL leave open, asked where the answer will stand. The page of the run before is the first guess. */
function WhichPage({ lab }: { lab: Lab }) {
  const box = useRef<HTMLInputElement>(null);
  const [page, setPage] = useState(lab.shown?.case.page ?? "");
  useEffect(() => {
    box.current?.focus();
    box.current?.select();
  }, []);
  const answer = (e: Event) => {
    e.preventDefault();
    if (page.trim() === "") return box.current?.focus();
    lab.edit("page", page.trim());
    lab.run();
  };
  return (
    <div class="verdict not-sent">
      <p class="word"><span class="glyph" aria-hidden="true">?</span> ONE QUESTION</p>
      <h1>Which page asks? CORS depends on it.</h1>
      <form class="which-page" onSubmit={answer}>
        <label for="which-page">The address of the page that makes the call, as in its address bar</label>
        <span class="ask">
          <input id="which-page" ref={box} type="text" spellcheck={false} autocapitalize="off" autocomplete="off" inputMode="url" placeholder="http://localhost:5173" value={page} onInput={(e) => setPage(e.currentTarget.value)} />
          <button type="submit" class="primary" disabled={lab.running}>Explain</button>
        </span>
      </form>
    </div>
  );
}
