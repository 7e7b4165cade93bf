// Small pieces that every panel uses.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { segments } from "../model/visible";

/** Text from outside: what would hide or steer is shown by its code. */
export function Outside({ text }: { text: string }) {
  const parts = segments(text);
  if (parts.length === 1 && !parts[0]!.hidden) return <bdi>{text}</bdi>;
  return <bdi>{parts.map((p) => (p.hidden ? <span class="hidden-char" title="A character that would not be seen">{p.text}</span> : p.text))}</bdi>;
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [said, setSaid] = useState("");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      setSaid("Select and copy by hand");
    }
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), 2500);
  };
  return (
    <button type="button" class="copy" onClick={copy}>
      <span aria-live="polite">{said || label}</span>
    </button>
  );
}

/** A block to copy, with its name above. It scrolls, so it can be reached by keyboard. */
export function Code({ text, name, place, wrap }: { text: string; name: string; place?: string; wrap?: boolean }) {
  return (
    <div class="code">
      <div class="code-head">
        <span><span class="code-name">{name}</span>{place ? <span class="quiet"> · {place}</span> : null}</span>
        <CopyButton text={text} />
      </div>
      <pre class={wrap ? "wrap" : ""} tabIndex={0} role="region" aria-label={name}><code><Outside text={text} /></code></pre>
    </div>
  );
}

export interface Tab { id: string; name: string; body: () => ComponentChildren }

/** Tabs by the pattern that screen readers know: arrow keys change, Tab goes into the panel. */
export function Tabs({ label, tabs, at, onChange }: { label: string; tabs: Tab[]; at: string; onChange: (id: string) => void }) {
  const list = useRef<HTMLDivElement>(null);
  const base = useRef(`tabs-${++made}`).current;
  const now = tabs.find((t) => t.id === at) ?? tabs[0];
  if (!now) return null;
  const move = (e: KeyboardEvent) => {
    const i = tabs.indexOf(now);
    const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const n = (to + tabs.length) % tabs.length;
    onChange(tabs[n]!.id);
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[n]?.focus();
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {tabs.map((t) => (
          <button type="button" role="tab" id={`${base}-${t.id}`} aria-selected={t === now} aria-controls={`${base}-panel`} tabIndex={t === now ? 0 : -1} onClick={() => onChange(t.id)}>
            {t.name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${now.id}`}>{now.body()}</div>
    </div>
  );
}

let made = 0;

export const browserNames: Record<string, string> = { spec: "the standard", chromium: "Chromium", firefox: "Firefox", webkit: "Safari" };
