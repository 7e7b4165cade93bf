import { useEffect, useState } from "preact/hooks";

/** Whether a media query holds, now and when it changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const hear = () => setHolds(media.matches);
    media.addEventListener("change", hear);
    return () => media.removeEventListener("change", hear);
  }, [query]);
  return holds;
}

/** Form and answer beside each other. The style sheet has the same width. */
export const besides = "(min-width: 1080px)";
/** The diagram and what stands beside it. */
export const roomy = "(min-width: 1400px)";
