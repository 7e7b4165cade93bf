import type { Finding } from "../model/document";
import { Outside } from "./text";

export function Causes({ findings, allowed }: { findings: Finding[]; allowed: boolean }) {
  return (
    <section class="causes" aria-labelledby="causes-title">
      <h2 id="causes-title">{allowed ? "Worth knowing" : findings.length === 1 ? "The cause" : `${findings.length} causes, all at once`}</h2>
      {findings.map((f, i) => (
        <article class="panel cause">
          <h3>{findings.length > 1 ? <span class="number">{i + 1}</span> : null}<Outside text={capital(f.cause.title)} />{f.likely ? <span class="tag">probably</span> : null}{f.cause.severity !== "blocks" ? <span class="tag">{f.cause.severity === "hides" ? "hides something" : "note"}</span> : null}</h3>
          <p><Outside text={f.cause.means} /></p>
          {f.evidence.length ? (
            <ul class="evidence">
              {f.evidence.map((e) => (
                <li>
                  {e.header || e.value !== undefined ? <code>{e.header ? <><Outside text={e.header} />{e.value !== undefined ? ": " : ""}</> : null}{e.value !== undefined ? <Outside text={e.value} /> : null}</code> : null}{" "}
                  <span class="quiet"><Outside text={e.text} /></span>
                </li>
              ))}
            </ul>
          ) : null}
          <p><strong>Why browsers insist.</strong> <Outside text={f.cause.why} /></p>
          <p><strong>What helps.</strong> <Outside text={f.cause.fix} /></p>
          {f.cause.links?.length ? <p class="links">{f.cause.links.filter((l) => /^https:\/\//.test(l)).map((l) => <a href={l} target="_blank" rel="noreferrer">{l.replace(/^https:\/\//, "")}</a>)}</p> : null}
        </article>
      ))}
    </section>
  );
}

function capital(s: string): string {
  return s.charAt(0).toUpperCase() + s.slice(1);
}
