import { useMemo, useState } from "preact/hooks";
import type { Gallery, GalleryCause } from "../api";
import type { Case } from "../model/case";

/** The scenes, and every demo cause in a list that can be searched. */
export function GalleryList({ gallery, onOpen, id = "gallery" }: { gallery: Gallery | undefined; onOpen: (c: Case) => void; id?: string }) {
  const [words, setWords] = useState("");
  const found = useMemo(() => search(gallery, words), [gallery, words]);
  if (!gallery) return <p class="quiet gallery-wait">Loading the gallery…</p>;
  if (gallery.scenes.length + gallery.causes.length === 0) return <p class="quiet">The gallery could not be loaded. Everything else works.</p>;
  const count = found.steps + found.causes.length;
  return (
    <div class="gallery">
      <div class="field search">
        <label for={id + "-search"}>Search</label>
        <input id={id + "-search"} type="search" autocomplete="off" value={words} placeholder="preflight, cookie, redirect, vary…" onInput={(e) => setWords(e.currentTarget.value)} />
        <p class="quiet count" role="status">{words ? `${count} found` : `${gallery.scenes.length} scenes, ${gallery.causes.length} causes`}</p>
      </div>
      <div class="scenes">
        {found.scenes.map((s) => (
          <section class="scene">
            <h3><span class="number">{s.number}</span> {s.title}</h3>
            {words ? null : <p class="quiet">{s.story}</p>}
            <ul>{s.steps.map((step) => <li>{step.case ? <button type="button" class="play-link" onClick={() => onOpen(step.case!)}><span aria-hidden="true">▸</span> {step.lead}</button> : <p class="aside">{step.lead}{step.curl ? <code>{step.curl}</code> : null}</p>}</li>)}</ul>
            {words ? null : <p class="moral">{s.moral}</p>}
          </section>
        ))}
      </div>
      {groups(found.causes).map(([kind, causes]) => (
        <section class="kind">
          <h3>{kindNames[kind] ?? kind}</h3>
          <ul>{causes.map((c) => <li><button type="button" class="play-link" onClick={() => onOpen(c.case)}><span aria-hidden="true">▸</span> {c.title}</button></li>)}</ul>
        </section>
      ))}
      {words && count === 0 ? <p>Nothing is called that. Try a header’s name, or one word of the console’s line.</p> : null}
    </div>
  );
}

const kindNames: Record<string, string> = {
  before: "Before anything is sent", network: "No answer that is HTTP", preflight: "The answer to the preflight", redirect: "Redirects",
  "cors check": "Access-Control-Allow-Origin and -Credentials", policy: "Rules other than CORS", body: "Bodies", cookie: "Cookies", answer: "What the page may see",
};

function groups(causes: GalleryCause[]): [string, GalleryCause[]][] {
  const out = new Map<string, GalleryCause[]>();
  for (const c of causes) out.set(c.kind, [...(out.get(c.kind) ?? []), c]);
  return [...out];
}

function search(gallery: Gallery | undefined, words: string) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const hit = (...texts: (string | undefined)[]) => {
    const all = texts.join(" ").toLowerCase();
    return wanted.every((w) => all.includes(w));
  };
  const scenes = (gallery?.scenes ?? [])
    .map((s) => ({ ...s, steps: s.steps.filter((step) => hit(s.title, s.story, step.lead)) }))
    .filter((s) => s.steps.length > 0);
  const causes = (gallery?.causes ?? []).filter((c) => hit(c.case.demo, c.title, c.cause, c.group, kindNames[c.kind]));
  return { scenes, causes, steps: scenes.reduce((n, s) => n + s.steps.length, 0) };
}
