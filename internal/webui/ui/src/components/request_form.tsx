import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Lab } from "../lab";
import type { Case } from "../model/case";
import { type Field, fieldOf } from "../model/fields";
import { type Problem, parseHeaderLines, printHeaderLines } from "../model/header_text";
import { FieldError, Problems } from "./field_error";

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

export function RequestForm({ lab }: { lab: Lab }) {
  const { form, edit } = lab;
  const text = (key: "page" | "url" | "method" | "body" | "integrity", label: string, placeholder: string) => (
    <Labelled lab={lab} field={key} label={label}>
      {(props) => <input {...props} type="text" spellcheck={false} autocapitalize="off" autocomplete="off" placeholder={placeholder} list={key === "method" ? "methods" : undefined} value={form[key] ?? ""} onInput={(e) => edit(key, e.currentTarget.value)} />}
    </Labelled>
  );
  return (
    <fieldset class="request">
      <legend>The request</legend>
      {text("page", "Page", "https://app.example.com")}
      <div class="method-url">
        {text("method", "Method", "GET")}
        {text("url", "URL", "https://api.example.com/users")}
      </div>
      <datalist id="methods">{methods.map((m) => <option value={m} />)}</datalist>
      <HeadersField lab={lab} field="headers" label="Headers that the page sets, one a line" placeholder="Content-Type: application/json" />
      <Labelled lab={lab} field="body" label="Body">
        {(props) => <textarea {...props} rows={2} spellcheck={false} value={form.body ?? ""} onInput={(e) => edit("body", e.currentTarget.value)} />}
      </Labelled>
      <div class="pair">
        <Choice lab={lab} field="credentials" label="Credentials" options={["same-origin", "include", "omit"]} />
        <Choice lab={lab} field="mode" label="Mode" options={["cors", "no-cors", "same-origin"]} />
      </div>
      <details open={hasMore(form)}>
        <summary>More: cache, cookies, uploads, policies</summary>
        <div class="pair">
          <Choice lab={lab} field="redirect" label="Redirect" options={["follow", "error", "manual"]} />
          <Choice lab={lab} field="cache" label="Cache" options={["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"]} />
        </div>
        <Labelled lab={lab} field="cookies" label="Cookies that the browser holds, one a line, as in Set-Cookie">
          {(props) => <textarea {...props} rows={2} spellcheck={false} placeholder="sid=1; Secure; SameSite=None" value={(form.cookies ?? []).join("\n")} onInput={(e) => edit("cookies", e.currentTarget.value === "" ? [] : e.currentTarget.value.split("\n"))} />}
        </Labelled>
        <Check lab={lab} field="uploadListener" label="It listens to upload progress (XMLHttpRequest)" />
        <Check lab={lab} field="stream" label="The body is a stream" />
        <Check lab={lab} field="keepalive" label="keepalive: it may outlive the page" />
        <Check lab={lab} field="import" label="It imports a JavaScript module: import() of the URL, and no option" />
        {text("integrity", "integrity: the hash that the body must have", "sha384-…")}
        <HeadersField lab={lab} field="pageHeaders" label="Policies that the page is served with, one a line" placeholder="Content-Security-Policy: connect-src 'self'" />
        <div class="pair">
          <Choice lab={lab} field="pageSpace" label="The page comes from" options={["", ...spaces]} names={spaceNames} />
          <Choice lab={lab} field="targetAddressSpace" label="targetAddressSpace" options={["", ...spaces]} names={{ "": "not said" }} />
        </div>
      </details>
    </fieldset>
  );
}

const spaces = ["public", "local", "loopback"];
const spaceNames: Record<string, string> = { "": "wherever", public: "the internet", local: "the local network", loopback: "this machine" };

function hasMore(c: Case): boolean {
  return Boolean(c.pageHeaders?.length || c.integrity || c.import || c.pageSpace || c.targetAddressSpace || c.cookies?.length || c.keepalive || c.stream || c.uploadListener || (c.redirect && c.redirect !== "follow") || (c.cache && c.cache !== "default"));
}

interface InputProps { id: string; "aria-invalid"?: true | undefined; "aria-describedby"?: string | undefined }

function Labelled({ lab, field, label, problems, children }: { lab: Lab; field: Field; label: string; problems?: Problem[]; children: (props: InputProps) => ComponentChildren }) {
  const error = lab.error && fieldOf(lab.error.code) === field ? lab.error : undefined;
  const wrong = error || problems?.length;
  return (
    <div class="field">
      <label for={field}>{label}</label>
      {children({ id: field, "aria-invalid": wrong ? true : undefined, "aria-describedby": wrong ? field + "-error" : undefined })}
      {error ? <FieldError id={field + "-error"} message={error.message} hint={error.hint} /> : problems?.length ? <Problems id={field + "-error"} problems={problems} /> : null}
    </div>
  );
}

function HeadersField({ lab, field, label, placeholder }: { lab: Lab; field: "headers" | "pageHeaders"; label: string; placeholder: string }) {
  const { form, edit } = lab;
  const printed = printHeaderLines(form[field]);
  const [text, setText] = useState(printed);
  const parsed = parseHeaderLines(text);
  // The text is the person's while it says what the case holds; else the case has changed elsewhere.
  useEffect(() => {
    if (printHeaderLines(parsed.value) !== printed) setText(printed);
  }, [printed]);
  return (
    <Labelled lab={lab} field={field} label={label} problems={parsed.problems}>
      {(props) => (
        <textarea {...props} rows={Math.min(6, Math.max(2, text.split("\n").length))} spellcheck={false} placeholder={placeholder} value={text}
          onInput={(e) => { const t = e.currentTarget.value; setText(t); edit(field, parseHeaderLines(t).value); }} />
      )}
    </Labelled>
  );
}

function Choice({ lab, field, label, options, names }: { lab: Lab; field: "credentials" | "mode" | "redirect" | "cache" | "pageSpace" | "targetAddressSpace"; label: string; options: string[]; names?: Record<string, string> }) {
  const value = lab.form[field] ?? options[0]!;
  const all = options.includes(value) ? options : [...options, value];
  return (
    <Labelled lab={lab} field={field} label={label}>
      {(props) => <select {...props} value={value} onChange={(e) => lab.edit(field, e.currentTarget.value)}>{all.map((o) => <option value={o}>{names?.[o] ?? o}</option>)}</select>}
    </Labelled>
  );
}

function Check({ lab, field, label }: { lab: Lab; field: "keepalive" | "stream" | "uploadListener" | "import"; label: string }) {
  return (
    <label class="check">
      <input type="checkbox" checked={lab.form[field] ?? false} onChange={(e) => lab.edit(field, e.currentTarget.checked)} /> {label}
    </label>
  );
}
