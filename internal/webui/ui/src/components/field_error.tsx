import type { Problem } from "../model/header_text";
import { asSentence, inPageWords } from "../model/wording";
import { Outside } from "./text";

/** What is wrong with a field, right below it. */
export function FieldError({ id, message, hint }: { id: string; message: string; hint?: string | undefined }) {
  return (
    <p class="field-error" id={id}>
      <span class="mark fail" aria-hidden="true">✕</span> <Outside text={asSentence(message)} />{hint ? <><br /><span class="hint"><Outside text={asSentence(inPageWords(hint))} /></span></> : null}
    </p>
  );
}

/** The same for text with lines. */
export function Problems({ id, problems }: { id: string; problems: Problem[] }) {
  return <FieldError id={id} message={problems.slice(0, 3).map((p) => `Line ${p.line}: ${p.text}.`).join(" ")} />;
}
