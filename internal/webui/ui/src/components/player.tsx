import type { Play } from "./play";

const speeds = [0.5, 1, 2, 4];

export function Player({ play, count }: { play: Play; count: number }) {
  const last = count - 1;
  return (
    <div class="player" role="group" aria-label="Playback">
      <button type="button" onClick={() => play.step(-1)} disabled={play.at === 0} aria-label="Step back"><Icon d="M11 3 5 8l6 5zM4 3h-1v10h1z" /></button>
      <button type="button" class="play" onClick={play.toggle} aria-label={play.playing ? "Pause" : "Play"}>
        <Icon d={play.playing ? "M4 3h3v10H4zM9 3h3v10H9z" : "M4 2.5v11l9-5.5z"} />
      </button>
      <button type="button" onClick={() => play.step(1)} disabled={play.at === last} aria-label="Step forward"><Icon d="M5 3l6 5-6 5zM12 3h1v10h-1z" /></button>
      <input type="range" min={0} max={last} step={1} value={play.at} aria-label="Position" aria-valuetext={`${play.at + 1} of ${count}`} onInput={(e) => play.jump(Number(e.currentTarget.value))} />
      <span class="position" style={{ minWidth: `${2 * String(count).length + 3}ch` }}>{`${play.at + 1} / ${count}`}</span>
      <label class="speed"><span class="sr-only">Speed</span>
        <select value={String(play.speed)} onChange={(e) => play.setSpeed(Number(e.currentTarget.value))}>
          {speeds.map((s) => <option value={String(s)}>{s}×</option>)}
        </select>
      </label>
    </div>
  );
}

function Icon({ d }: { d: string }) {
  return <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={d} fill="currentColor" /></svg>;
}
