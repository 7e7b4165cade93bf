import type { Gallery } from "../api";
import type { Case } from "../model/case";
import { examples } from "../model/examples";
import { GalleryList } from "./gallery_list";

/** What a newcomer sees first: one sentence, and three things to press. */
export function Welcome({ gallery, onOpen }: { gallery: Gallery | undefined; onOpen: (c: Case) => void }) {
  return (
    <div class="welcome">
      <h1>See what the browser did with your request, and why the page got nothing.</h1>
      <p class="lead">Paste the red line from the console. The lab runs the request as a browser runs it, shows each step, and finds the headers that let it pass. Or begin with one of these:</p>
      <ul class="examples">
        {examples.map((e) => (
          <li><button type="button" class="example" onClick={() => onOpen(e.case)}>
            <span class="example-name">{e.name}</span>
            <code>{e.shows}</code>
          </button></li>
        ))}
      </ul>
      <h2>Gallery</h2>
      <p class="quiet">CORS as a story, and everything that goes wrong. Each one plays here, without a network.</p>
      <GalleryList gallery={gallery} onOpen={onOpen} />
    </div>
  );
}
