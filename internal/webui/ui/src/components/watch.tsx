import { useMemo, useRef } from "preact/hooks";
import type { Shown } from "../lab";
import { roomy, useMedia, useSeen } from "../media";
import { hostOf } from "../model/origin_diff";
import { brokenRule, played, timeline } from "../model/timeline";
import { Diagram } from "./diagram";
import { Network } from "./network";
import { Now } from "./now";
import { Origins } from "./origins";
import { Player } from "./player";
import { usePlay } from "./play";
import { CopyButton, Outside } from "./text";

export function Watch({ shown }: { shown: Shown }) {
  const doc = useMemo(() => played(shown.document), [shown.document]);
  const events = useMemo(() => timeline(doc), [doc]);
  const stage = useRef<HTMLDivElement>(null);
  const play = usePlay(events, useSeen(stage));
  // Beside the diagram the network tab follows the play. Below it, it would push the page about.
  const follow = useMedia(roomy);
  const stopped = doc.trace.exchanges.length - 1;
  const lastSeen = events.slice(0, play.at + 1).reduce((last, e) => (e.exchange >= 0 ? e.exchange : last), 0);
  const why = brokenRule(events, play.at);
  return (
    <section class="watch" aria-labelledby="watch-title">
      <h2 id="watch-title">What happened</h2>
      <div class="watch-grid">
        <div class="stage" ref={stage}>
          <Diagram events={events} page={hostOf(doc.trace.page.origin)} play={play} sentence={doc.sentence} describedBy="cli-text" />
          <Player play={play} count={events.length} />
          <Now key={play.at} event={events[play.at]!} doc={doc} broken={events[why]} onWhy={() => play.jump(why)} />
        </div>
        <div class="beside">
          <Origins doc={doc} />
          <Network doc={doc} at={follow ? lastSeen : stopped} />
        </div>
      </div>
      <details class="as-text">
        <summary>The same as text, as the command line prints it</summary>
        <div class="code">
          <div class="code-head"><span class="code-name">corscope explain</span><CopyButton text={shown.text} /></div>
          <pre id="cli-text" tabIndex={0} role="region" aria-label="The same as text"><code><Outside text={shown.text} /></code></pre>
        </div>
      </details>
    </section>
  );
}
