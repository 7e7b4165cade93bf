import { type RefObject } from "preact";
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

/** Whether the top of an element was ever in the upper two thirds of the window: where a reader looks. */
export function useSeen(element: RefObject<Element | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => { if (entries.some((e) => e.isIntersecting)) setSeen(true); }, { rootMargin: "0px 0px -33% 0px" });
    if (element.current) watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  return seen;
}

/** Form and answer beside each other. The style sheet has the same width. */
export const besides = "(min-width: 1080px)";
/** The diagram and what stands beside it. */
export const roomy = "(min-width: 1400px)";
