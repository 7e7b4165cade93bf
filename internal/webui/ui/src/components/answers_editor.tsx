import { useEffect, useState } from "preact/hooks";
import type { Lab } from "../lab";
import { type Answer, type Pretend, targetOf, withAnswers } from "../model/case";
import { isRecording } from "../model/document";
import { parseAnswerText, printAnswerText } from "../model/header_text";
import { Problems } from "./field_error";

/** What a pretend server says before anybody edited it: no CORS, as most servers begin. */
const plainServer: Pretend = {
  answers: [
    { on: "preflight", status: 204, headers: [] },
    { on: "request", status: 200, headers: [{ name: "Content-Type", value: "application/json" }], body: "{}" },
  ],
};

/** Who answers: the real server, or a pretend one whose answers are text to edit. */
export function AnswersEditor({ lab }: { lab: Lab }) {
  const { form, shown } = lab;
  const recorded = shown?.pretend?.answers.length ? shown.pretend : undefined;
  const inRecord = isRecording(shown?.document.input) && form.paste !== undefined && !form.server;
  const target = inRecord ? "record" : targetOf(form);
  const pretend = () => lab.setServer(shown && recorded ? complete(recorded) : plainServer);
  const answers = form.server?.answers ?? [];
  const change = (i: number, a: Answer) => lab.setServer(withAnswers(form.server, answers.map((old, n) => (n === i ? a : old))));
  const add = (on: Answer["on"]) => lab.setServer(withAnswers(form.server, [...answers, { on, status: on === "preflight" ? 204 : 200, headers: [] }]));
  return (
    <fieldset class="target">
      <legend>Who answers</legend>
      <div class="radios">
        <label><input type="radio" name="target" checked={target === "real"} onChange={() => lab.setServer(undefined)} /> The real server</label>
        <label><input type="radio" name="target" checked={target === "pretend"} onChange={pretend} /> A pretend server</label>
        {target === "record" ? <label><input type="radio" name="target" checked readOnly /> What was recorded</label> : null}
        {target === "demo" ? <label><input type="radio" name="target" checked readOnly /> The demo’s server</label> : null}
      </div>
      {target === "record" ? <p class="quiet">Nobody is asked. “The real server” makes the same request again.</p> : null}
      {target === "real" ? <p class="quiet">Your machine asks it, not somebody else’s: localhost and a VPN work.</p> : null}
      {target === "demo" ? <p class="quiet">It runs inside the lab. To edit its answers, choose “A pretend server”.</p> : null}
      {target === "pretend" ? (
        <>
          <p class="quiet">It says what you write here. Nothing goes over the network.</p>
          {answers.map((a, i) => (
            <AnswerEditor key={i} index={i} answer={a} onChange={(next) => change(i, next)} onRemove={answers.length > 1 ? () => lab.setServer(withAnswers(form.server, answers.filter((_, n) => n !== i))) : undefined} />
          ))}
          <p class="actions">
            <button type="button" class="small" onClick={() => add("preflight")}>Add an answer to a preflight</button>
            <button type="button" class="small" onClick={() => add("request")}>Add an answer</button>
          </p>
        </>
      ) : null}
    </fieldset>
  );
}

/** What was recorded, with an answer for the request where only the preflight was seen. */
function complete(p: Pretend): Pretend {
  return p.answers.some((a) => a.on === "request") ? p : { ...p, answers: [...p.answers, { on: "request", status: 200, headers: [] }] };
}

function AnswerEditor({ answer, index, onChange, onRemove }: { answer: Answer; index: number; onChange: (a: Answer) => void; onRemove?: (() => void) | undefined }) {
  const printed = printAnswerText(answer);
  const [text, setText] = useState(printed);
  const parsed = parseAnswerText(text, answer);
  // As in the headers' field: the text is the person's as long as it says what the case holds.
  useEffect(() => {
    if (printAnswerText(parsed.value) !== printed) setText(printed);
  }, [printed]);
  const id = `answer-${index}`;
  const where = [answer.method, answer.url].filter(Boolean).join(" ");
  return (
    <div class="field answer-editor">
      <div class="label-row">
        <label for={id}>{answer.on === "preflight" ? "Its answer to the preflight (OPTIONS)" : "Its answer to the request"}{where ? <span class="quiet where"> {where}</span> : null}</label>
        {onRemove ? <button type="button" class="link" onClick={onRemove} aria-label={`Remove answer ${index + 1}`}>remove</button> : null}
      </div>
      <textarea
        id={id} class="raw" spellcheck={false} autocapitalize="off" rows={Math.min(12, Math.max(4, text.split("\n").length + 1))} value={text}
        aria-invalid={parsed.problems.length ? true : undefined} aria-describedby={parsed.problems.length ? id + "-error" : undefined}
        onInput={(e) => {
          const t = e.currentTarget.value;
          setText(t);
          onChange(parseAnswerText(t, { on: answer.on, method: answer.method, url: answer.url }).value);
        }}
      />
      {parsed.problems.length ? <Problems id={id + "-error"} problems={parsed.problems} /> : null}
    </div>
  );
}
