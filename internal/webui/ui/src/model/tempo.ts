// How long each event is shown while playing.
import type { TimelineEvent } from "./timeline";

/** A long trace is played faster: nobody watches for longer than this. */
const longest = 24_000;

const base: Record<TimelineEvent["kind"], number> = {
  call: 700, check: 550, send: 800, answer: 800, silence: 1000, cache: 600, held: 1000, stop: 1100, error: 700, deliver: 1000,
};

/** Milliseconds for each event; what fails is shown for longer. */
export function durations(events: readonly TimelineEvent[]): number[] {
  const all = events.map((e) => base[e.kind] * (e.kind === "check" && e.mark === "fail" ? 2 : 1));
  const sum = all.reduce((a, b) => a + b, 0);
  return sum <= longest ? all : all.map((d) => (d * longest) / sum);
}
