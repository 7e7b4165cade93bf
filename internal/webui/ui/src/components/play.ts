// Playing: which event is now, and when the next one comes.
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { TimelineEvent } from "../model/timeline";
import { durations } from "../model/tempo";

export interface Play {
  at: number;
  playing: boolean;
  /** How long the event that is now takes, in milliseconds; 0 where nothing is to move. */
  duration: number;
  speed: number;
  setSpeed: (speed: number) => void;
  toggle: () => void;
  jump: (at: number) => void;
  step: (by: number) => void;
}

export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Plays events, from when they are seen. */
export function usePlay(events: readonly TimelineEvent[], seen: boolean): Play {
  const last = events.length - 1;
  const still = useMemo(reducedMotion, []);
  const [at, setAt] = useState(still ? last : 0);
  const [playing, setPlaying] = useState(!still);
  const [moves, setMoves] = useState(!still);
  const [speed, setSpeed] = useState(1);
  const times = useMemo(() => durations(events), [events]);
  const duration = times[at]! / speed;

  useEffect(() => {
    if (!playing || !seen) return;
    const timer = setTimeout(() => {
      if (at < last) setAt(at + 1);
      else setPlaying(false);
    }, duration);
    return () => clearTimeout(timer);
  }, [playing, seen, at, last, duration]);

  const jump = useCallback((to: number) => {
    setPlaying(false);
    setMoves(false);
    setAt(Math.max(0, Math.min(last, to)));
  }, [last]);
  const step = useCallback((by: number) => {
    setPlaying(false);
    setMoves(by > 0);
    setAt((now) => Math.max(0, Math.min(last, now + by)));
  }, [last]);
  const toggle = useCallback(() => {
    setMoves(true);
    setPlaying((was) => !was);
    if (!playing && at >= last) setAt(0);
  }, [playing, at, last]);

  return { at, playing, duration: moves && !still ? duration : 0, speed, setSpeed, toggle, jump, step };
}
