import type { Document } from "../model/document";
import { type TimelineEvent, describe } from "../model/timeline";
import { algorithmName } from "../model/wording";
import { Outside } from "./text";

/** The event that is now, in words: what was wanted, what was found, and where the standard says so; of what comes of a broken rule, the rule. */
export function Now({ event, doc, broken, onWhy }: { event: TimelineEvent; doc: Document; broken: TimelineEvent | undefined; onWhy: () => void }) {
  const { step } = event;
  const exchange = doc.trace.exchanges[event.exchange];
  return (
    <div class={`now ${event.mark}`} tabIndex={0} role="region" aria-label="This step">
      <p class="now-kind">{event.kind === "check" ? <Badge mark={event.mark} /> : null} {describe(event)}{step && exchange ? <span class="quiet"> · on the answer to {exchange.method}</span> : null}</p>
      <p class="now-title"><Outside text={event.title} /></p>
      {step ? (
        <>
          <dl>
            {step.want !== undefined && step.verdict !== "note" ? <><dt>wanted</dt><dd><code><Outside text={step.want || "nothing"} /></code></dd></> : null}
            {step.got !== undefined || (step.want !== undefined && step.verdict !== "note") ? <><dt>found</dt><dd><code>{step.got === undefined ? "nothing" : step.got === "" ? "an empty value" : <Outside text={step.got} />}</code></dd></> : null}
          </dl>
          {step.text && step.text !== event.title ? <p><Outside text={step.text} /></p> : null}
          {/^https:\/\//.test(step.link) ? <p><a href={step.link} target="_blank" rel="noreferrer">The standard: {algorithmName(step.algorithm)}{step.step ? `, step ${step.step}` : ""}</a></p> : null}
        </>
      ) : event.detail.length ? (
        <ul class="now-detail">{event.detail.map((d) => <li><code><Outside text={d} /></code></li>)}</ul>
      ) : null}
      {broken ? (
        <p class="now-why">
          Why: <button type="button" class="link" onClick={onWhy}><Outside text={broken.title} /></button>{broken.detail.length ? <>: <Outside text={broken.detail.slice(0, 2).join(", ")} /></> : null}
        </p>
      ) : null}
    </div>
  );
}

export function Badge({ mark }: { mark: "pass" | "fail" | "note" }) {
  const words = { pass: "✓ pass", fail: "✕ fail", note: "i note" } as const;
  return <span class={`badge ${mark}`}>{words[mark]}</span>;
}
