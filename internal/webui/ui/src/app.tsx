import { useEffect, useRef, useState } from "preact/hooks";
import { type Gallery, type Info, api } from "./api";
import { Compare } from "./components/compare";
import { Compose } from "./components/compose";
import { GalleryDialog } from "./components/gallery_dialog";
import { Header } from "./components/header";
import { ReadAs } from "./components/read_as";
import { SceneBar } from "./components/scene_bar";
import { Understand } from "./components/understand";
import { Verdict } from "./components/verdict";
import { Watch } from "./components/watch";
import { Welcome } from "./components/welcome";
import { useLab } from "./lab";
import type { Case, Pretend } from "./model/case";
import { besides } from "./media";

/** The case as it was understood, answered by a pretend server. */
function pretended(c: Case, server: Pretend): Case {
  const { paste: _, entry: __, demo: ___, ...rest } = c;
  return { ...rest, server };
}

export function App() {
  const lab = useLab();
  const [info, setInfo] = useState<Info>();
  const [gallery, setGallery] = useState<Gallery>();
  const [browsing, setBrowsing] = useState(false);
  const answer = useRef<HTMLElement>(null);

  useEffect(() => {
    // Without either the page still works: the gallery and the snippets say so.
    api.info().then(setInfo, () => undefined);
    api.gallery().then(setGallery, () => setGallery({ scenes: [], causes: [] }));
  }, []);

  const run = lab.shown?.run;
  useEffect(() => {
    // Where the answer is out of sight, above or below, lead there. Else nothing moves.
    const top = answer.current?.getBoundingClientRect().top ?? 0;
    if (run && (top < 0 || !matchMedia(besides).matches)) answer.current?.scrollIntoView({ block: "start" });
    // What was pressed may be gone, such as "Apply the fix". The keyboard goes on at the answer.
    if (run && (document.activeElement ?? document.body) === document.body) answer.current?.focus({ preventScroll: true });
  }, [run]);

  const { error } = lab;
  useEffect(() => {
    if (!error) return;
    const box = answer.current?.getBoundingClientRect();
    if (box && (box.top < 0 || box.top > innerHeight - 160)) answer.current?.scrollIntoView({ block: "start" });
    if ((document.activeElement ?? document.body) === document.body) answer.current?.focus({ preventScroll: true });
  }, [error]);

  // What ran before says nothing about what could not be run.
  const shown = lab.error ? undefined : lab.shown;
  const verdict = shown?.document.verdict;
  useEffect(() => {
    document.title = verdict ? `${verdict} · Corscope lab` : "Corscope lab";
  }, [verdict]);

  return (
    <>
      <a class="skip" href="#answer" onClick={(e) => { e.preventDefault(); answer.current?.focus(); }}>To the answer</a>
      <Header lab={lab} info={info} onGallery={() => setBrowsing(true)} />
      <div class="columns">
        <Compose lab={lab} />
        <main class="answer" id="answer" ref={answer} tabIndex={-1} aria-busy={lab.running}>
          {shown ? <SceneBar gallery={gallery} demo={shown.asked.server ? undefined : shown.asked.demo} onOpen={lab.open} /> : null}
          <Verdict lab={lab} />
          {shown ? (
            <>
              <ReadAs lab={lab} />
              <Watch key={shown.run} shown={shown} />
              <Understand shown={shown} targets={info?.targets ?? []} browser={info?.browser ?? ""} onApply={lab.applyFix} running={lab.running} />
              <Compare key={"compare" + shown.run} shown={shown} info={info} onPretend={(server) => lab.open(pretended(shown.case, server))} />
            </>
          ) : lab.fromLink || lab.running || (lab.error && lab.error.code !== "link") ? null : (
            <Welcome gallery={gallery} onOpen={lab.open} />
          )}
        </main>
      </div>
      <GalleryDialog open={browsing} gallery={gallery} onClose={() => setBrowsing(false)} onOpen={(c) => { setBrowsing(false); lab.open(c); }} />
    </>
  );
}
