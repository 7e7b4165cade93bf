import { useEffect, useRef, useState } from "preact/hooks";
import type { Lab } from "../lab";
import { besides, useMedia } from "../media";
import { fieldOf } from "../model/fields";
import { fileText } from "../model/file_text";
import { AnswersEditor } from "./answers_editor";
import { FieldError } from "./field_error";
import { RequestForm } from "./request_form";
import { Outside } from "./text";

const largest = 8 << 20;

export function Compose({ lab }: { lab: Lab }) {
  const { form, error, shown } = lab;
  const [fileError, setFileError] = useState("");
  const box = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const wide = useMedia(besides);
  const inPaste = error && fieldOf(error.code) === "paste";
  // Below the box there is room for the answer first; the form opens where it is needed.
  const inForm = error !== undefined && fieldOf(error.code) !== undefined && !inPaste;

  useEffect(() => {
    // Ready to paste, but only where that opens no keyboard over the page.
    if (matchMedia(besides).matches && !location.hash) box.current?.focus({ preventScroll: true });
  }, []);

  const take = async (f: File | undefined) => {
    if (!f) return;
    if (f.size > largest) return setFileError(`${f.name} has ${(f.size / 1e6).toFixed(1)} MB; 8 MB are taken. Save the HAR with fewer requests.`);
    setFileError("");
    lab.paste(fileText(new Uint8Array(await f.arrayBuffer())));
    lab.run();
  };
  const keys = (e: KeyboardEvent) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      lab.run();
    }
  };
  const fields = <><RequestForm lab={lab} /><AnswersEditor lab={lab} /></>;
  const long = (form.paste?.length ?? 0) > 100_000;

  return (
    <form class="compose" aria-label="Compose" onSubmit={(e) => { e.preventDefault(); lab.run(); }} onKeyDown={keys}>
      <div
        class="field"
        onDragOver={(e) => e.preventDefault()}
        onDrop={(e) => { const f = e.dataTransfer?.files[0]; if (f) { e.preventDefault(); void take(f); } }}
      >
        <label for="paste" class="big-label">Paste the console error, fetch(), cURL, HAR or a URL</label>
        {long ? (
          <p class="long-paste">
            {(form.paste!.length / 1e6).toFixed(1)} MB of text, starting with <code><Outside text={form.paste!.slice(0, 60)} />…</code>{" "}
            <button type="button" class="link" onClick={() => lab.paste("")}>Remove it</button>
          </p>
        ) : (
          <textarea
            id="paste" ref={box} rows={5} spellcheck={false} autocapitalize="off" autocomplete="off"
            aria-invalid={inPaste ? true : undefined} aria-describedby={inPaste ? "paste-error" : undefined}
            placeholder="Access to fetch at 'https://api.example.com/users' from origin 'https://app.example.com' has been blocked by CORS policy: …"
            value={form.paste ?? ""} onInput={(e) => lab.paste(e.currentTarget.value)}
          />
        )}
        {inPaste ? <FieldError id="paste-error" message={error.message} hint={error.hint} /> : null}
        {fileError ? <FieldError id="file-error" message={fileError} /> : null}
      </div>
      <div class="actions">
        <button type="submit" class="primary" disabled={lab.running} aria-describedby="run-keys">
          {lab.running ? "Asking…" : shown && lab.changed ? "Explain again" : "Explain"}
        </button>
        <button type="button" onClick={() => file.current?.click()}>Open a file</button>
        <input type="file" ref={file} class="sr-only" tabIndex={-1} aria-hidden="true" accept=".har,.json,.txt,.log,.js,.sh" onChange={(e) => { void take(e.currentTarget.files?.[0]); e.currentTarget.value = ""; }} />
        {shown || error ? <a class="skip-on" href="#answer" onClick={(e) => { e.preventDefault(); document.getElementById("answer")?.focus(); }}>To the answer</a> : null}
        <span class="quiet keys" id="run-keys">{/^(Mac|iP)/.test(navigator.platform) ? "⌘ Enter" : "Ctrl+Enter"}</span>
      </div>
      {wide ? fields : (
        <details class="more-compose" open={inForm}>
          <summary>The request, and who answers</summary>
          {fields}
        </details>
      )}
    </form>
  );
}
