import type { Document } from "../model/document";
import { diffOrigins, originOf } from "../model/origin_diff";
import { Outside } from "./text";

/** The two origins beside each other, with the part that makes them two marked. */
export function Origins({ doc }: { doc: Document }) {
  const page = doc.trace.page.origin;
  const target = doc.trace.request.origin;
  const parts = diffOrigins(page, target);
  const last = lastOrigin(doc);
  const led = last === undefined ? undefined : diffOrigins(page, last);
  return (
    <section class="origins panel" aria-labelledby="origins-title">
      <h3 id="origins-title">{["One origin", "Two origins", "Three origins"][new Set([page, target, last ?? target]).size - 1]}</h3>
      {parts ? (
        <table>
          <thead><tr><td /><th scope="col">scheme</th><th scope="col">host</th><th scope="col">port</th></tr></thead>
          <tbody>
            {(["a", "b"] as const).map((side) => (
              <tr>
                <th scope="row">{side === "a" ? "page" : "server"}</th>
                {parts.map((p) => <td class={p.same ? "" : "differs"}><code><Outside text={p[side]} /></code></td>)}
              </tr>
            ))}
            <tr class="same-row"><td />{parts.map((p) => <td>{p.same ? "same" : <strong>differs</strong>}</td>)}</tr>
            {led ? <tr><th scope="row">redirect</th>{led.map((p) => <td class={p.same ? "" : "differs"}><code><Outside text={p.b} /></code></td>)}</tr> : null}
          </tbody>
        </table>
      ) : (
        <dl>
          <dt>page</dt><dd><code><Outside text={page} /></code></dd>
          <dt>server</dt><dd><code><Outside text={target} /></code></dd>
        </dl>
      )}
      <p class="quiet">
        <Outside text={doc.relation.text} />.{" "}
        {doc.relation.sameOrigin ? "CORS plays no part." : doc.relation.sameSite ? "SameSite cookies may go along." : parts ? "SameSite cookies stay at home." : null}
      </p>
    </section>
  );
}

/** Where redirects led at last, if that is another server than the one that was called. */
function lastOrigin(doc: Document): string | undefined {
  const { exchanges, outcome, request } = doc.trace;
  const url = outcome.reason?.url || exchanges[exchanges.length - 1]?.url;
  const last = url ? originOf(url) : request.origin;
  return last === request.origin ? undefined : last;
}
