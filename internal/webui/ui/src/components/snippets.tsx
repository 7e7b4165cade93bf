import { useEffect, useState } from "preact/hooks";
import { ApiError, type Exported, type Info, api } from "../api";
import type { ServerFix } from "../model/document";
import { Code, Outside, Tabs } from "./text";

interface Props { config: unknown; note?: string | undefined; guess?: ServerFix | undefined; targets: Info["targets"] }

const kept = "corscope-server";

/** The fix in the language of the server that the reader runs. */
export function Snippets({ config, note, guess, targets }: Props) {
  const [at, setAt] = useState(() => guess?.server ?? sessionStorage.getItem(kept) ?? "nginx");
  const [made, setMade] = useState<Record<string, Exported | ApiError>>({});
  useEffect(() => {
    if (made[at] || targets.length === 0) return;
    const control = new AbortController();
    api.export(config, at, control.signal).then(
      (e) => setMade((m) => ({ ...m, [at]: e })),
      (e) => { if (!control.signal.aborted) setMade((m) => ({ ...m, [at]: e instanceof ApiError ? e : new ApiError("internal", String(e)) })); },
    );
    return () => control.abort();
  }, [at, config, targets.length]);
  if (targets.length === 0) return null;
  const pick = (id: string) => {
    sessionStorage.setItem(kept, id);
    setAt(id);
  };
  return (
    <section class="snippets" aria-labelledby="snippets-title">
      <h2 id="snippets-title" tabIndex={-1}>For your server</h2>
      {guess?.evidence ? <p class="quiet">It seems to be {targets.find((t) => t.id === guess.server)?.name ?? guess.server}: <Outside text={guess.evidence} />.</p> : null}
      {note ? <p class="quiet"><Outside text={note} /></p> : null}
      <Tabs label="Servers" at={at} onChange={pick} tabs={targets.map((t) => ({ id: t.id, name: t.name, body: () => <Files made={made[t.id]} /> }))} />
    </section>
  );
}

function Files({ made }: { made: Exported | ApiError | undefined }) {
  if (!made) return <p class="quiet files-wait">Writing it…</p>;
  if (made instanceof ApiError) return <p class="field-error"><Outside text={made.message} />{made.hint ? <><br /><Outside text={made.hint} /></> : null}</p>;
  return (
    <div class="files">
      {(made.cannot ?? []).map((c) => <p class="field-error">It cannot say this: <Outside text={c} /></p>)}
      {(made.files ?? []).map((f) => <Code key={f.name} name={f.name} place={f.place} text={f.content} />)}
      {(made.notes ?? []).map((n) => <p class="note"><span class="tag">note</span> <Outside text={n.text} /></p>)}
    </div>
  );
}
