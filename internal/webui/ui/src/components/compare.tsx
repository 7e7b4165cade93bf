import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, type Comparison, type Info, type Sent, type Side, type Stage, type StagedOutcome, api } from "../api";
import type { Shown } from "../lab";
import { type Case, type Pretend, targetOf } from "../model/case";
import { Outside, browserNames } from "./text";

/** How long the reader's browser may take, in milliseconds. */
const patience = 20_000;

type State =
  | { at: "idle" }
  | { at: "staging" }
  | { at: "running"; stage: Stage }
  | { at: "asking"; stage: Stage }
  | { at: "window"; page: string; opened: boolean; warnings: boolean }
  | { at: "done"; comparison: Comparison }
  | { at: "cannot"; why: string }
  | { at: "error"; message: string; hint?: string | undefined };

interface Props { shown: Shown; info: Info | undefined; onPretend: (p: Pretend) => void }

/** The same behaviour, served for real on loopback, and the reader's own browser doing the fetch. */
export function Compare({ shown, info, onPretend }: Props) {
  const [state, setState] = useState<State>({ at: "idle" });
  const name = browserNames[info?.browser ?? ""] ?? "this browser";
  const real = targetOf(shown.asked) === "real";
  const fail = (e: unknown) => setState({ at: "error", message: e instanceof Error ? e.message : String(e), hint: e instanceof ApiError ? e.hint : undefined });
  const start = async () => {
    setState({ at: "staging" });
    try {
      const stage = await api.stage(staged(shown.case));
      if (stage.window && stage.page && stage.id) {
        if (stage.warnings) setState({ at: "asking", stage });
        else await openWindow(stage, "popup,width=520,height=200");
        return;
      }
      setState(stage.page && stage.id ? { at: "running", stage } : { at: "cannot", why: stage.cannot ?? "The lab did not say why." });
    } catch (e) {
      fail(e);
    }
  };
  const openWindow = async (stage: Stage, features: string) => {
    setState({ at: "window", page: stage.page!, opened: open(stage.page, "_blank", features) !== null, warnings: !!stage.warnings });
    await finish(stage.id!);
  };
  /** A page in a window tells its outcome by itself: the lab waits for it. */
  const finish = async (id: string, outcome?: StagedOutcome) => {
    try {
      setState({ at: "done", comparison: await api.outcome(id, outcome) });
    } catch (e) {
      fail(e);
    }
  };
  const busy = state.at === "staging" || state.at === "running" || state.at === "window";
  const first = state.at === "idle" || state.at === "asking";
  return (
    <section class="compare" aria-labelledby="compare-title">
      <h2 id="compare-title">Compare with this browser</h2>
      {real ? (
        <p class="quiet">
          The lab can let {name} do the same, with a pretend server on loopback.{" "}
          {shown.pretend?.answers.length ? <button type="button" class="link" onClick={() => onPretend(shown.pretend!)}>Make what was seen a pretend server</button> : null}
        </p>
      ) : info && !info.stage ? <p class="quiet">This lab was started without a stage, so nothing can be served for the browser.</p> : (
        <p>
          <span class="quiet">The lab serves these answers on loopback, and {name} makes the call from a page of another origin.</span>{" "}
          <button type="button" onClick={start} disabled={busy}>{busy ? "Running…" : first ? `Let ${name} do it` : "Once more"}</button>
        </p>
      )}
      {state.at === "running" ? <StageFrame stage={state.stage} onOutcome={(o) => finish(state.stage.id!, o)} onTimeout={() => setState({ at: "error", message: `${name} did not report within ${patience / 1000} seconds.`, hint: "An extension may block frames or loopback requests." })} /> : null}
      <div role="status">
        {state.at === "asking" ? (
          <p>
            {name} will warn of {state.stage.warnings === 1 ? "a certificate" : `${state.stage.warnings} certificates, one after the other`}: the lab made {state.stage.warnings === 1 ? "it" : "them"} for this window. Go on there, or leave it.{" "}
            <button type="button" onClick={() => openWindow(state.stage, "popup,width=900,height=700")}>Open the window</button>
          </p>
        ) : null}
        {state.at === "window" ? (
          <p class="quiet">
            {state.opened ? state.warnings ? "The window is open" : "A window opens for a moment" : <><a href={state.page} target="_blank">Open the window yourself</a>, because {name} does not let this page do it</>}: {state.warnings ? "it closes itself when it is through, and the lab waits 50 seconds for it." : "it depends on what stands in the address bar."}
          </p>
        ) : null}
        {state.at === "done" ? <Result c={state.comparison} name={name} /> : null}
        {state.at === "cannot" ? <p class="note">This one cannot be staged. <Outside text={state.why} /></p> : null}
        {state.at === "error" ? <p class="field-error"><Outside text={state.message} />{state.hint ? <><br /><Outside text={state.hint} /></> : null}</p> : null}
      </div>
    </section>
  );
}

/** What was understood, without what it was understood from. */
function staged(c: Case): Case {
  const { paste: _, entry: __, ...rest } = c;
  return rest;
}

function StageFrame({ stage, onOutcome, onTimeout }: { stage: Stage; onOutcome: (o: StagedOutcome) => void; onTimeout: () => void }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const timer = setTimeout(onTimeout, patience);
    const hear = (e: MessageEvent) => {
      // Only the frame that was made for it may say how it went.
      if (e.source !== frame.current?.contentWindow || e.data?.corscope !== stage.id) return;
      clearTimeout(timer);
      onOutcome(e.data.outcome as StagedOutcome);
    };
    addEventListener("message", hear);
    return () => {
      clearTimeout(timer);
      removeEventListener("message", hear);
    };
  }, [stage]);
  return <iframe ref={frame} class="stage-frame" title="The page that makes the call" src={stage.page} sandbox={stage.sandbox ? "allow-scripts" : undefined} />;
}

function Result({ c, name }: { c: Comparison; name: string }) {
  return (
    <>
      <p class={`agrees ${c.agrees ? "yes" : "no"}`}><span aria-hidden="true">{c.agrees ? "✓" : "✕"}</span> {c.agrees ? `Corscope and ${name} agree.` : `Corscope and ${name} do not agree.`}</p>
      <div class="two">
        <SideView title="Corscope" side={c.engine} />
        <SideView title={name === "this browser" ? "This browser" : name} side={c.browser} />
      </div>
      {c.differences?.length ? (
        <table class="differences">
          <thead><tr><th scope="col">What</th><th scope="col">Corscope</th><th scope="col">{name}</th></tr></thead>
          <tbody>{c.differences.map((d) => <tr><th scope="row">{d.what}</th><td><code><Outside text={d.engine} /></code></td><td><code><Outside text={d.browser} /></code></td></tr>)}</tbody>
        </table>
      ) : null}
      {(c.notes ?? []).map((n) => <p class="note"><span class="tag">note</span> <Outside text={n} /></p>)}
    </>
  );
}

function SideView({ title, side }: { title: string; side: Side }) {
  const o = side.outcome;
  return (
    <div class={`panel side ${o.ok ? "pass" : "fail"}`}>
      <h3>{title}</h3>
      <p><span class={`badge ${o.ok ? "pass" : "fail"}`}>{o.ok ? "✓ resolved" : "✕ rejected"}</span> <Outside text={side.sentence} /></p>
      <dl>
        {o.ok ? <><dt>the page got</dt><dd><code>{o.type} {o.status}</code></dd></> : <><dt>the page got</dt><dd><code><Outside text={o.error ?? "an error"} /></code></dd></>}
        <dt>the server saw</dt>
        <dd>{side.requests?.length ? <ol class="saw">{side.requests.map((r) => <li><code><Outside text={r} /></code></li>)}</ol> : "nothing"}</dd>
        {side.sent?.length ? <><dt>sent next</dt><dd><ol class="saw">{side.sent.map((s) => <SentView s={s} />)}</ol></dd></> : null}
      </dl>
    </div>
  );
}

/** How much of a cookie is shown, in characters. */
const mostOfCookie = 100;

function SentView({ s }: { s: Sent }) {
  const cookie = s.cookie.length > mostOfCookie ? s.cookie.slice(0, mostOfCookie) + "…" : s.cookie;
  const name = (origin: string) => <Outside text={origin.replace(/^https:\/\//, "")} />;
  return (
    <li>
      {cookie ? <code>Cookie: <Outside text={cookie} /></code> : "no cookie"} <span class="quiet">to {name(s.to)}, from {s.from === s.to ? "its own page" : name(s.from)}</span>
    </li>
  );
}
