import type { Info } from "../api";
import type { Shown } from "../lab";
import { Causes } from "./causes";
import { Consoles } from "./consoles";
import { FixView } from "./fix";
import { Snippets } from "./snippets";
import { Code } from "./text";

interface Props { shown: Shown; targets: Info["targets"]; browser: string; running: boolean; onApply: () => void }

export function Understand({ shown, targets, browser, running, onApply }: Props) {
  const doc = shown.document;
  const { fix, findings } = doc.diagnosis;
  const { applied } = shown;
  const consoles = doc.diagnosis.consoles.filter((c) => c.lines.length > 0 || c.unknown || c.javascript).length ? doc.diagnosis.consoles : [];
  return (
    <>
      {applied && !fix ? <FixView fix={applied.fix} title="The fix that did it" canApply={false} running={running} onApply={onApply} pretend /> : null}
      {applied?.fix.config && !fix?.config ? <Snippets key={"applied" + shown.run} config={applied.fix.config} note={applied.fix.configNote} guess={applied.server} targets={targets} /> : null}
      {fix ? <FixView fix={fix} canApply={shown.fixed !== undefined} running={running} onApply={onApply} pretend={shown.asked.server !== undefined} /> : null}
      {fix?.config ? <Snippets key={shown.run} config={fix.config} note={fix.configNote} guess={doc.server} targets={targets} /> : null}
      {findings.length + consoles.length ? (
        <div class="two">
          {findings.length ? <Causes findings={findings} allowed={doc.verdict === "allowed"} /> : null}
          {consoles.length ? <Consoles consoles={consoles} browser={browser} /> : null}
        </div>
      ) : null}
      <section class="calls" aria-labelledby="calls-title">
        <h2 id="calls-title">To take along</h2>
        <div class="two">
          {shown.call ? <Code text={shown.call} name="the call" /> : null}
          <Code text={doc.curl} name="curl" place="no rule applies outside browsers" wrap />
        </div>
      </section>
    </>
  );
}
