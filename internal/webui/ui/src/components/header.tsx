import { useState } from "preact/hooks";
import type { Info } from "../api";
import type { Lab } from "../lab";
import { holdsSecrets, isEmpty } from "../model/case";

export function Header({ lab, info, onGallery }: { lab: Lab; info: Info | undefined; onGallery: () => void }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await lab.link());
      setSaid(holdsSecrets(lab.form) ? "Copied. The link holds the headers and cookies of this request." : "Copied.");
    } catch {
      setSaid("The browser did not let the page copy. The address bar has the link.");
    }
    setTimeout(() => setSaid(""), 6000);
  };
  return (
    <header class="top">
      <p class="brand">
        <svg class="logo" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
          <rect width="32" height="32" rx="7" class="logo-ground" />
          <path d="M6 16h9" class="logo-line" />
          <path d="M18 7v18" class="logo-bar" />
          <circle cx="25" cy="16" r="2.5" class="logo-page" />
        </svg>
        <strong>Corscope</strong> lab
        {info ? <span class="quiet version">{info.corscope.split(/[ ,]/)[0]}</span> : null}
      </p>
      <span class="said" role="status">{said}</span>
      <nav aria-label="Lab">
        <button type="button" class="quiet-button" onClick={onGallery}>Gallery</button>
        <button type="button" class="quiet-button" onClick={copy} disabled={isEmpty(lab.form)}>Copy link</button>
        <button type="button" class="quiet-button" onClick={lab.clear} disabled={isEmpty(lab.form) && !lab.error}>Start over</button>
      </nav>
    </header>
  );
}
