import { memo } from "../memo";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Layout, type Row, layout } from "../model/diagram_layout";
import type { TimelineEvent } from "../model/timeline";
import { plain } from "../model/visible";
import { measureText } from "../measure";
import { besides } from "../media";
import { type Play, reducedMotion } from "./play";

/** The player's height and the edge of the window below it. */
const playerHeight = 62;
const leastRoom = 280;

interface Props { events: readonly TimelineEvent[]; page: string; play: Play; sentence: string; describedBy: string }

/** The sequence diagram. All of it stands from the beginning: playing changes opacity and transform alone. */
export function Diagram({ events, page, play, sentence, describedBy }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [room, setRoom] = useState<number>();
  const [high, setHigh] = useState(0);
  useLayoutEffect(() => {
    const box = scroller.current!;
    // A window that is folded away has no width, and comes back: what was drawn waits for it.
    const measure = () => {
      if (box.clientWidth === 0) return setHigh(0);
      setWidth(box.clientWidth);
      setHigh(box.clientHeight);
      // Beside the form it ends, with the player, where the first screen does. Below the form one scrolls to it anyway.
      setRoom(matchMedia(besides).matches ? Math.max(leastRoom, innerHeight - scrollY - box.getBoundingClientRect().top - playerHeight) : undefined);
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(box);
    addEventListener("resize", measure);
    return () => {
      watch.disconnect();
      removeEventListener("resize", measure);
    };
  }, []);
  const plan = useMemo(() => (width > 0 ? layout(events, width, measureText) : undefined), [events, width]);
  const row = plan?.rows[play.at];

  useEffect(() => {
    const box = scroller.current;
    if (!box || !row) return;
    const top = row.y - 24;
    const bottom = row.y + row.height + 40;
    // What is below the edge of the window, or behind the player there, is not seen either.
    const seen = Math.min(box.clientHeight, Math.max(innerHeight - playerHeight - box.getBoundingClientRect().top, box.clientHeight / 2));
    if (top >= box.scrollTop && bottom <= box.scrollTop + seen) return;
    box.scrollTo({ top: play.at === 0 ? 0 : top - seen / 3, behavior: reducedMotion() || play.duration < 300 ? "auto" : "smooth" });
  }, [row, room, high]);

  const keys = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const act: Record<string, () => void> = {
      ArrowRight: () => play.step(1), ArrowLeft: () => play.step(-1),
      Home: () => play.jump(0), End: () => play.jump(events.length - 1), " ": play.toggle,
    };
    if (!act[e.key]) return;
    e.preventDefault();
    act[e.key]!();
  };

  return (
    <figure class="diagram">
      {plan ? <Heads key="heads" plan={plan} page={page} /> : <div key="heads" class="heads" />}
      <div key="scroller" class="scroller" ref={scroller} style={plan ? { "--high": `${plan.height + 4}px`, ...(room ? { "--room": `${room}px` } : {}) } : undefined} tabIndex={0} role="region" aria-label="Sequence diagram: arrow keys step, Space plays" onKeyDown={keys}>
        {plan ? (
          <div class="canvas" style={{ height: `${plan.height}px` }}>
            <Highlight row={row} />
            <svg width={plan.width} height={plan.height} role="img" aria-label={`Sequence diagram. ${plain(sentence)}`} aria-describedby={describedBy}>
              <Lanes plan={plan} />
              <Rows plan={plan} onPick={play.jump} />
            </svg>
            <Curtain row={row} height={plan.height} />
            <Packet row={row} duration={play.duration} at={play.at} />
          </div>
        ) : null}
      </div>
    </figure>
  );
}

function Heads({ plan, page }: { plan: Layout; page: string }) {
  const several = plan.lanes.length > 3;
  return (
    <div class="heads" aria-hidden="true">
      {plan.lanes.map((l, i) => {
        // The last one is alone at the edge, and grows away from it.
        const label = plain(l.name === "page" && plan.width > 440 ? page : l.label);
        const atEdge = i === plan.lanes.length - 1 && !several;
        const room = i === 0 ? plan.lanes[1]!.x - l.x : several && i >= 2 ? plan.lanes[3]!.x - plan.lanes[2]!.x - 6 : undefined;
        const place = atEdge ? { right: `${plan.width - l.x - 20}px` } : { left: `${l.x}px`, maxWidth: room === undefined ? undefined : `${room}px` };
        return (
          <div class={`head ${i < 2 ? l.name : "server"}${atEdge ? " last" : ""}`} style={place}>
            <strong>{l.name}</strong>
            {label ? <span title={label}>{label}</span> : null}
          </div>
        );
      })}
    </div>
  );
}

function Lanes({ plan }: { plan: Layout }) {
  return (
    <g class="lanes">
      {plan.lanes.map((l) => <path class={`lane ${l.name}`} d={l.segments.map(([from, to]) => `M${l.x} ${from}V${to}`).join("")} />)}
    </g>
  );
}

/** The rows are drawn once. What was not reached yet is behind the curtain, which moves. */
const Rows = memo(function Rows({ plan, onPick }: { plan: Layout; onPick: (at: number) => void }) {
  return <>{plan.rows.map((r, i) => <RowView row={r} plan={plan} onPick={() => onPick(i)} />)}</>;
});

/** Behind the row that is now. One pixel high and scaled: a transform needs no layout. */
function Highlight({ row }: { row: Row | undefined }) {
  if (!row) return null;
  return <div class={`highlight ${row.event.mark}`} style={{ transform: `translateY(${row.y - 7}px) scaleY(${row.height + 14})` }} />;
}

/** Over the rows that were not reached yet. */
function Curtain({ row, height }: { row: Row | undefined; height: number }) {
  return <div class="curtain" style={{ height: `${height}px`, transform: `translateY(${row ? row.y + row.height + 7 : 0}px)` }} />;
}

function RowView({ row, plan, onPick }: { row: Row; plan: Layout; onPick: () => void }) {
  const { event } = row;
  const { width, barrier } = plan;
  const browser = plan.lanes[1]!.x;
  return (
    <g class={`row ${event.kind} ${event.mark}${event.preflight ? " preflight" : ""}`} onClick={onPick}>
      <rect class="band" x={2} y={row.y - 6} width={width - 4} height={row.height + 12} rx={6} />
      {event.kind === "stop" ? <Barrier x={barrier} y={row.lineY} /> : null}
      {event.kind === "deliver" ? <Gate x={barrier} y={row.lineY} /> : null}
      {row.from === row.to ? <Mark x={browser} y={row.lineY} event={event} /> : <Arrow row={row} />}
      {row.lines.map((l) => <text class={l.font} x={l.x} y={l.y}>{l.text}</text>)}
    </g>
  );
}

function Arrow({ row }: { row: Row }) {
  const { from, to, lineY: y } = row;
  const way = to > from ? 1 : -1;
  const { kind } = row.event;
  const cut = kind === "silence" || kind === "held" || kind === "stop";
  return (
    <g class="arrow">
      <line x1={from} x2={cut && kind !== "stop" ? to : to - way * 2} y1={y} y2={y} />
      {kind === "silence" || kind === "held"
        ? <path class="cross" d={`M${to - 5} ${y - 5}l10 10m0-10l-10 10`} />
        : <path class="tip" d={`M${to} ${y}l${-way * 9} -4.5v9z`} />}
      {kind === "held" ? <line class="wall" x1={to + 12} x2={to + 12} y1={y - 8} y2={y + 10} /> : null}
    </g>
  );
}

function Mark({ x, y, event }: { x: number; y: number; event: TimelineEvent }) {
  return (
    <g class="mark-glyph">
      <circle cx={x} cy={y} r={8.5} />
      {event.mark === "pass" ? <path d={`M${x - 3.6} ${y + 0.2}l2.6 2.8 4.6-5.6`} /> : null}
      {event.mark === "fail" ? <path d={`M${x - 3} ${y - 3}l6 6m0-6l-6 6`} /> : null}
      {event.mark === "note" ? <path d={`M${x} ${y - 0.5}v4M${x} ${y - 3.6}v0.2`} /> : null}
    </g>
  );
}

/** Where a blocked answer stops: between the browser and the page. */
function Barrier({ x, y }: { x: number; y: number }) {
  return (
    <g class="barrier">
      <rect x={x - 8} y={y - 20} width={8} height={40} rx={2} />
      <path d={`M${x - 8} ${y - 10}l8 -8M${x - 8} ${y + 2}l8 -8M${x - 8} ${y + 14}l8 -8`} />
    </g>
  );
}

/** The same place, open. */
function Gate({ x, y }: { x: number; y: number }) {
  return <path class="gate" d={`M${x - 4} ${y - 20}v10M${x - 4} ${y + 10}v10`} />;
}

/** The dot that travels along the arrow which is now. It is composited: no layout, no paint. */
function Packet({ row, duration, at }: { row: Row | undefined; duration: number; at: number }) {
  const dot = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const el = dot.current!;
    if (!row || duration === 0) return;
    const { from, to, lineY: y, event } = row;
    const place = (x: number, scale = 1) => `translate3d(${x}px, ${y}px, 0) scale(${scale})`;
    const frames: Keyframe[] = from === to
      ? [{ transform: place(from, 0.6), opacity: 0.9 }, { transform: place(from, 3.2), opacity: 0 }]
      : [
          { transform: place(from, 0.4), opacity: 0 },
          { transform: place(from), opacity: 1, offset: 0.08 },
          { transform: place(to), opacity: 1, offset: 0.7 },
          ...(event.kind === "stop" || event.kind === "held" ? [{ transform: place(to + (to < from ? 9 : -9)), offset: 0.8 }, { transform: place(to + (to < from ? 3 : -3)), offset: 0.88 }] : []),
          { transform: place(to + (event.kind === "stop" ? 3 : event.kind === "held" ? -3 : 0), 0.6), opacity: 0 },
        ];
    const animation = el.animate(frames, { duration: Math.max(120, duration * 0.95), easing: "cubic-bezier(.4,.1,.3,1)" });
    return () => animation.cancel();
  }, [row, at, duration]);
  return <div class={`packet ${row?.event.mark ?? ""}`} ref={dot} aria-hidden="true" />;
}
