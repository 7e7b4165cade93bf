import { useEffect, useState } from "preact/hooks";
import type { CookieDecision, Document, Exchange } from "../model/document";
import { mattersFirst, networkRows } from "../model/network";
import { decodeBody } from "../model/visible";
import { Outside } from "./text";

/** What the network tab would show, and what it leaves out. */
export function Network({ doc, at }: { doc: Document; at: number }) {
  const rows = networkRows(doc);
  const [picked, setPicked] = useState<number>();
  // While it plays, the exchange that is now is shown; a pick holds until the play goes on.
  useEffect(() => setPicked(undefined), [at]);
  const shown = picked ?? at;
  const exchange = doc.trace.exchanges[shown];
  return (
    <section class="network panel" aria-labelledby="network-title">
      <h3 id="network-title">Network tab</h3>
      {rows.length === 0 ? <p class="quiet">Nothing was sent.</p> : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Requests">
          <table>
            <thead><tr><th scope="col">Status</th><th scope="col">Method</th><th scope="col">Path</th><th scope="col">Type</th><th scope="col">Time</th></tr></thead>
            <tbody>
              {rows.map((r) => (
                <tr class={`${r.exchange === shown && r.exchange >= 0 ? "picked" : ""}${r.failed ? " failed" : ""}${r.exchange < 0 ? " unsent" : ""}`}>
                  <td>{r.failed ? <><span class="mark fail" aria-hidden="true">✕ </span><span class="sr-only">stops here: </span></> : null}{r.status}</td>
                  <td>{r.method}</td>
                  <td class="path">{r.exchange < 0 ? <Outside text={r.path} /> : <button type="button" class="link" title={r.url} aria-pressed={r.exchange === shown} onClick={() => setPicked(r.exchange)}><Outside text={r.path} /></button>}</td>
                  <td>{r.type}</td>
                  <td>{r.time}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {exchange ? <ExchangeView key={shown} exchange={exchange} /> : null}
    </section>
  );
}

function ExchangeView({ exchange: x }: { exchange: Exchange }) {
  const body = x.responseBody ? decodeBody(x.responseBody) : "";
  return (
    <div class="exchange">
      <HeaderList title="Sent" first={`${x.method} ${x.url}`} rows={mattersFirst(x.requestHeaders, true)} />
      {x.failure ? <p class="failure"><strong>No answer:</strong> <Outside text={x.failure.detail || x.failure.code} />{x.failure.hint ? <><br /><Outside text={x.failure.hint} /></> : null}</p>
        : x.cache?.state === "local" ? <HeaderList title="From the HTTP cache" first={String(x.cache.status)} rows={mattersFirst(x.cache.headers, false)} />
        : <HeaderList title="Received" first={`${x.status ?? ""} ${x.statusText ?? ""}`} rows={mattersFirst(x.responseHeaders, false)} />}
      <Refused cookies={x.cookies} word="not sent" />
      <Refused cookies={x.setCookies} word="not kept" />
      {body ? <details><summary>Body, as the browser got it</summary><pre tabIndex={0} role="region" aria-label="Body"><code><Outside text={body.slice(0, 20_000)} /></code></pre></details> : null}
    </div>
  );
}

function Refused({ cookies, word }: { cookies: CookieDecision[] | undefined; word: string }) {
  return <>{(cookies ?? []).filter((c) => !c.accepted).map((c) => <p class="cookie"><span class="tag">cookie {word}</span> <code><Outside text={c.name} /></code>: <Outside text={c.why} /></p>)}</>;
}

function HeaderList({ title, first, rows }: { title: string; first: string; rows: ReturnType<typeof mattersFirst> }) {
  const [all, setAll] = useState(false);
  const matter = rows.filter((r) => r.matters);
  const shown = all ? rows : matter;
  const rest = rows.length - matter.length;
  return (
    <div class="header-list">
      <h4>{title}</h4>
      <ul>
        <li class="first"><code><Outside text={first} /></code></li>
        {shown.map((r) => <li class={r.matters ? "" : "other"}><code><span class="name"><Outside text={r.header.name} /></span>: <Outside text={r.header.value} /></code></li>)}
      </ul>
      {rest > 0 ? <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>{all ? "Only those that mattered" : `${rest} more that did not matter`}</button> : matter.length === 0 ? <p class="quiet">no headers</p> : null}
    </div>
  );
}
