import type { Gallery } from "../api";
import type { Case } from "../model/case";

interface Place { label: string; text: string; moral?: string | undefined; before?: Case | undefined; after?: Case | undefined }

/** Where in the gallery this is, and the way to what comes next in the story. */
export function SceneBar({ gallery, demo, onOpen }: { gallery: Gallery | undefined; demo: string | undefined; onOpen: (c: Case) => void }) {
  const place = demo && gallery ? find(gallery, demo) : undefined;
  if (!place) return null;
  const { before, after } = place;
  return (
    <section class="scene-bar" aria-label="In the gallery">
      <div>
        <p class="quiet">{place.label}</p>
        <p>{place.text}</p>
        {place.moral ? <p class="moral">{place.moral}</p> : null}
      </div>
      {before || after ? (
        <p class="actions">
          <button type="button" onClick={() => before && onOpen(before)} disabled={!before}>Before</button>
          <button type="button" onClick={() => after && onOpen(after)} disabled={!after}>Next in the story</button>
        </p>
      ) : null}
    </section>
  );
}

function find(gallery: Gallery, demo: string): Place | undefined {
  const story = gallery.scenes.flatMap((scene) => scene.steps.flatMap((step, i) => (step.case ? [{ scene, step, last: i === scene.steps.length - 1 }] : [])));
  const at = story.findIndex((s) => s.step.case?.demo === demo);
  if (at >= 0) {
    const { scene, step, last } = story[at]!;
    return { label: `Scene ${scene.number}: ${scene.title}`, text: step.lead, moral: last ? scene.moral : undefined, before: story[at - 1]?.step.case, after: story[at + 1]?.step.case };
  }
  const cause = gallery.causes.find((c) => c.case.demo === demo);
  return cause && { label: `From the gallery: ${demo}`, text: cause.title.charAt(0).toUpperCase() + cause.title.slice(1) + "." };
}
