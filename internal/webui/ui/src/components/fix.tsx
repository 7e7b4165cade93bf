import type { Fix, Reason, ServerChange } from "../model/document";
import { pathOf } from "../model/origin_diff";
import { Code, CopyButton, Outside, browserNames } from "./text";

interface Props { fix: Fix; title?: string; canApply: boolean; running: boolean; pretend: boolean; onApply: () => void }

export function FixView({ fix, title, canApply, running, pretend, onApply }: Props) {
  const answers = byAnswer(fix.server ?? []);
  return (
    <section class="fix panel" aria-labelledby="fix-title">
      <div class="section-head">
        <h2 id="fix-title" tabIndex={-1}>{title ?? (fix.complete ? "The fix" : "What to do")}</h2>
        {canApply ? (
          <button type="button" class="primary" onClick={onApply} disabled={running}>
            {pretend ? "Apply the fix" : "Apply the fix to a pretend server"}
          </button>
        ) : null}
      </div>
      {fix.todo ? <p class="todo"><Outside text={fix.todo} /></p> : null}
      {answers.map(([key, changes]) => <AnswerChanges key={key} changes={changes} />)}
      {(fix.page ?? []).length ? (
        <div class="change">
          <h3>The page’s call</h3>
          <ul class="diff">
            {fix.page!.map((p) => (
              <li>
                {p.before ? <Del text={`${p.option}: ${p.before}`} /> : null}
                {p.after ? <Ins text={`${p.option}: ${p.after}`} /> : null}
                <p class="why"><Outside text={p.why} /></p>
              </li>
            ))}
          </ul>
          {fix.call ? <div class="two">{fix.callBefore ? <Code name="before" text={fix.callBefore} /> : null}<Code name="after" text={fix.call} /></div> : null}
        </div>
      ) : null}
      {fix.proofs.length ? <Proofs fix={fix} /> : null}
      {(fix.assumed ?? []).map((a) => <p class="note"><span class="tag">assumed</span> <Outside text={a} /></p>)}
      {(fix.notes ?? []).map((n) => <p class="note"><span class="tag">note</span> <Outside text={n} /></p>)}
      {fix.avoid?.length ? (
        <details class="avoid">
          <summary>What not to do</summary>
          <ul>{fix.avoid.map((a) => <li><strong><Outside text={a.what} /></strong>: <Outside text={a.why} />.</li>)}</ul>
        </details>
      ) : null}
    </section>
  );
}

/** The changes of each answer together, in the order in which they come. */
function byAnswer(changes: ServerChange[]): [string, ServerChange[]][] {
  const out = new Map<string, ServerChange[]>();
  for (const c of changes) {
    const key = `${c.on} ${c.method} ${c.url}`;
    out.set(key, [...(out.get(key) ?? []), c]);
  }
  return [...out];
}

function AnswerChanges({ changes }: { changes: ServerChange[] }) {
  const first = changes[0]!;
  const name = (c: ServerChange) => (c.header === undefined ? "status" : c.header);
  return (
    <div class="change">
      <h3>
        {first.on === "page" ? "On the answer that brings the page" : `On the answer to ${first.method}`} <code title={first.url}><Outside text={pathOf(first.url)} /></code>
        {first.assumed ? <span class="tag">never seen</span> : null}
        <CopyButton text={changes.map((c) => `${name(c)}: ${c.after}`).join("\n")} />
      </h3>
      <ul class="diff">
        {changes.map((c) => (
          <li>
            {(c.before ?? []).map((b) => <Del text={`${name(c)}: ${b}`} />)}
            {c.after === "" && c.before?.length ? null : <Ins text={`${name(c)}: ${c.after}`} />}
            <p class="why">{c.implied ? <><span class="tag">by itself</span> the server sends it once it allows what is asked, as it does to a preflight that asks for less</> : <Outside text={c.why} />}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Del({ text }: { text: string }) {
  return <del><span class="sign" aria-hidden="true">−</span><code><Outside text={text} /></code></del>;
}

function Ins({ text }: { text: string }) {
  return <ins><span class="sign" aria-hidden="true">+</span><code><Outside text={text} /></code></ins>;
}

function Proofs({ fix }: { fix: Fix }) {
  return (
    <div class="proofs">
      <h3>{fix.complete ? "Proven" : "As far as headers go"}</h3>
      <ul>
        {fix.proofs.map((p) => (
          <li class={p.reads ? "reads" : "stuck"}>
            <strong>{browserNames[p.profile] ?? p.profile}</strong>
            <span><span class="before">{reason(p.before) || "reads it"}</span> <span aria-hidden="true">→</span><span class="sr-only">, then </span> <span class="after">{p.reads ? "✓ reads it" : `✕ ${reason(p.after) || "does not read it"}`}</span></span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function reason(r: Reason): string {
  return (r.code ?? "").replaceAll("-", " ");
}
