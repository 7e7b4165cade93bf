import { useEffect, useRef } from "preact/hooks";
import type { Gallery } from "../api";
import type { Case } from "../model/case";
import { GalleryList } from "./gallery_list";

export function GalleryDialog({ open, gallery, onClose, onOpen }: { open: boolean; gallery: Gallery | undefined; onClose: () => void; onOpen: (c: Case) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const d = dialog.current;
    if (open && !d?.open) d?.showModal();
    if (!open && d?.open) d.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="gallery-dialog" aria-labelledby="gallery-title" onClose={onClose}
      onClick={(e) => { if (e.target === dialog.current) onClose(); }}>
      {open ? (
        <div class="dialog-body">
          <div class="dialog-head">
            <h2 id="gallery-title">Gallery</h2>
            <button type="button" onClick={onClose}>Close</button>
          </div>
          <GalleryList gallery={gallery} onOpen={onOpen} id="dialog" />
        </div>
      ) : null}
    </dialog>
  );
}
