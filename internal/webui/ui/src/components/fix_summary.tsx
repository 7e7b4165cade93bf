import type { Lab } from "../lab";
import { leadTo } from "../lead";
import type { Fix } from "../model/document";
import { pathOf } from "../model/origin_diff";
import { Outside } from "./text";

/** The fix in a few lines, right below the verdict, with the one button that most people want. */
export function FixSummary({ lab }: { lab: Lab }) {
  const { document: doc, fixed, asked } = lab.shown!;
  const { fix } = doc.diagnosis;
  if (!fix || doc.verdict === "allowed") return null;
  const parts = partsOf(fix, new Set(doc.trace.exchanges.map((x) => x.url)).size > 1);
  return (
    <div class="fix-summary">
      {fix.todo ? <p><strong>To do:</strong> <Outside text={fix.todo} /></p> : null}
      {parts.length ? (
        <ul aria-label="The fix">
          {parts.map((p) => <li><span class="where"><Outside text={p.where} /></span><span class="lines">{p.lines.map((l) => <code><Outside text={l} /></code>)}</span></li>)}
        </ul>
      ) : null}
      <p class="ask">
        {fixed ? <button type="button" class="primary" onClick={lab.applyFix} disabled={lab.running}>{asked.server ? "Apply the fix" : "Apply the fix to a pretend server"}</button> : null}
        <button type="button" onClick={() => leadTo("fix-title")}>{fix.config ? "The whole fix, and the lines for your server" : parts.length ? "The whole fix" : "More about it"}</button>
      </p>
    </div>
  );
}

/** A header of sixty names is read below, and copied there. */
const longest = 180;

/** What is to change, by where it is to change. Where the page's call is wrong before anything is sent, that comes first. Of several URLs, each is named. */
function partsOf(fix: Fix, several: boolean): { where: string; lines: string[] }[] {
  const out = new Map<string, string[]>();
  const add = (where: string, name: string, after: string) => {
    const text = `${name}: ${after || "(leave it out)"}`;
    out.set(where, [...(out.get(where) ?? []), text.length > longest ? text.slice(0, longest) + "…" : text]);
  };
  const page = () => (fix.page ?? []).forEach((p) => add("In the page’s call", p.option, p.after));
  const before = fix.proofs.some((p) => p.before.phase === "before");
  if (before) page();
  for (const c of fix.server ?? []) if (!c.implied) add(c.on === "page" ? "On the answer that brings the page" : `On the answer to ${c.method}${several ? " " + pathOf(c.url).slice(0, 40) : ""}`, c.header ?? "status", c.after);
  if (!before) page();
  return [...out].map(([where, lines]) => ({ where, lines }));
}
