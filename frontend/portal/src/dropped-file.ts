// A file that a reader drops onto the element.

import { openFile, type OpenedFile } from '@inference-triage/engine';

/** A file with its name. */
export interface DroppedFile extends OpenedFile {
  name: string;
}

/** Calls `opened` for each file that is dropped; answers what ends it. */
export function takeDrops(
  target: HTMLElement,
  opened: (file: DroppedFile) => void,
  failed: (error: unknown) => void,
  isAllowed: () => boolean,
): () => void {
  const allow = (event: DragEvent): void => {
    if (!isAllowed() || event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    target.toggleAttribute('data-drop', true);
  };
  const leave = (): void => void target.toggleAttribute('data-drop', false);
  const drop = (event: DragEvent): void => {
    leave();
    const file = event.dataTransfer?.files[0];
    if (file === undefined || !isAllowed()) return;
    event.preventDefault();
    read(file).then(opened, failed);
  };
  target.addEventListener('dragover', allow);
  target.addEventListener('dragleave', leave);
  target.addEventListener('drop', drop);
  return () => {
    target.removeEventListener('dragover', allow);
    target.removeEventListener('dragleave', leave);
    target.removeEventListener('drop', drop);
  };
}

async function read(file: File): Promise<DroppedFile> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = first === 0x1f && second === 0x8b;
  const content = isPacked ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file;
  const text = await new Response(content).text();
  return { name: file.name, ...openFile(text) };
}
