import type { Lab } from "../lab";
import { fieldOfFlag } from "../model/fields";
import { alsoSaid, asSentence, inPageWords } from "../model/wording";
import { Outside } from "./text";

/** What was understood of the paste, and what was assumed, with a way to each field. */
export function ReadAs({ lab }: { lab: Lab }) {
  const input = lab.shown?.document.input;
  const pasted = lab.shown?.asked.paste;
  if (!input || !pasted) return null;
  const entries = input.entries ?? [];
  return (
    <section class="read-as" aria-label="How it was read">
      <p>Read as <Outside text={input.what} />.{input.message?.reason && !input.message.met ? " This time another rule stopped it." : ""}</p>
      {input.message?.others?.length ? <p class="quiet also-said"><Outside text={alsoSaid(input.message.others)} /></p> : null}
      {entries.length > 1 ? (
        <p class="field">
          <label for="entry">{entries.length} requests in it; this one</label>
          <select id="entry" value={String(input.entry ?? 1)} disabled={lab.form.paste !== pasted} onChange={(e) => { lab.edit("entry", Number(e.currentTarget.value)); lab.run(); }}>
            {entries.map((x) => <option value={String(x.number)}>{`${x.number}  ${x.method} ${x.url.slice(0, 90)}${x.verdict ? "  " + x.verdict : ""}`}</option>)}
          </select>
        </p>
      ) : null}
      {(input.notes ?? []).map((n) => <p class="quiet"><Outside text={asSentence(inPageWords(n))} /></p>)}
      {input.assumed?.length ? (
        <ul class="assumed" aria-label="Assumed">
          {input.assumed.map((a) => {
            const field = fieldOfFlag(a.flag);
            return (
              <li>
                <span class="tag">assumed</span> <Outside text={a.text} />{" "}
                {field ? <button type="button" class="link" onClick={() => focusField(field)}>change</button> : null}
              </li>
            );
          })}
        </ul>
      ) : null}
    </section>
  );
}

function focusField(id: string): void {
  const el = document.getElementById(id);
  for (let d = el?.closest("details"); d; d = d.parentElement?.closest("details")) d.open = true;
  el?.focus();
}
