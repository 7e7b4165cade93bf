import type { Lab } from "../lab";
import { leadTo } from "../lead";
import { Outside } from "./text";

/** The fix in a few lines, right below the verdict, with the one button that most people want. */
export function FixSummary({ lab }: { lab: Lab }) {
  const { document: doc, fixed, asked } = lab.shown!;
  const { fix } = doc.diagnosis;
  if (!fix || doc.verdict === "allowed") return null;
  const server = fix.server ?? [];
  const page = fix.page ?? [];
  const lines = [
    ...server.map((c) => ({ text: `${c.header ?? "status"}: ${c.after || "(leave it out)"}`, where: `on the answer to ${c.method}` })),
    ...page.map((p) => ({ text: `${p.option}: ${p.after || "(leave it out)"}`, where: "in the page’s call" })),
  ];
  const most = 4;
  return (
    <div class="fix-summary">
      {fix.todo ? <p><strong>To do:</strong> <Outside text={fix.todo} /></p> : null}
      {lines.length ? (
        <ul aria-label="The fix">
          {lines.slice(0, most).map((l) => <li><code><Outside text={l.text} /></code> <span>{l.where}</span></li>)}
          {lines.length > most ? <li><span>and {lines.length - most} more</span></li> : null}
        </ul>
      ) : null}
      <p class="ask">
        {fixed ? <button type="button" class="primary" onClick={lab.applyFix} disabled={lab.running}>{asked.server ? "Apply the fix" : "Apply the fix to a pretend server"}</button> : null}
        <button type="button" onClick={() => leadTo("fix-title")}>{fix.config ? "The whole fix, and the lines for your server" : lines.length ? "The whole fix" : "More about it"}</button>
      </p>
    </div>
  );
}
