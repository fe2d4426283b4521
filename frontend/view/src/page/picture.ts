// The panel as a PNG: its own elements and its own style sheet, drawn by the browser itself.

import { zoomOf } from '../theme/theme.js';
import { STYLES } from './shadow.js';

/** Longest side in device pixels; beyond 16,384 browsers leave a canvas empty. */
const LONGEST = 16_000;

const XHTML = 'http://www.w3.org/1999/xhtml';
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Everything the panel shows, also what is scrolled out of sight, at the screen's resolution.
 * Rejects where the browser or a content-security policy refuses to draw it.
 */
export async function pictureOf(root: HTMLElement): Promise<Blob> {
  const document = root.ownerDocument;
  const [width, height] = [root.clientWidth, root.scrollHeight];
  const image = document.createElement('img');
  image.src = `data:image/svg+xml,${encodeURIComponent(drawing(root, width, height))}`;
  await image.decode();
  const density = (document.defaultView?.devicePixelRatio ?? 1) * zoomOf(root);
  const scale = Math.min(density, LONGEST / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('the browser gives no canvas to draw on');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('the browser made no picture'));
    }, 'image/png'),
  );
}

function drawing(root: HTMLElement, width: number, height: number): string {
  const document = root.ownerDocument;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const page = document.createElementNS(SVG, 'foreignObject');
  page.setAttribute('width', '100%');
  page.setAttribute('height', '100%');
  const style = document.createElementNS(XHTML, 'style');
  style.textContent = STYLES;
  page.append(style, copyOf(root, width, height));
  svg.append(page);
  return new XMLSerializer().serializeToString(svg);
}

/** What was drawn on a canvas is no part of its copy. */
function copyOf(root: HTMLElement, width: number, height: number): HTMLElement {
  const copy = root.cloneNode(true) as HTMLElement;
  const painted = root.querySelectorAll('canvas');
  copy.querySelectorAll('canvas').forEach((canvas, index) => {
    const source = painted[index];
    if (!source) return;
    const { offsetWidth: wide, offsetHeight: high } = source;
    const image = root.ownerDocument.createElement('img');
    image.className = canvas.className;
    image.style.cssText = `${canvas.style.cssText};width:${wide}px;height:${high}px`;
    // An empty canvas has no picture.
    if (source.width > 0 && source.height > 0) image.src = source.toDataURL();
    canvas.replaceWith(image);
  });
  for (const element of copy.querySelectorAll('.tooltip, .share-menu')) element.remove();
  copy.style.setProperty('zoom', '1');
  copy.style.width = `${width}px`;
  copy.style.height = `${height}px`;
  copy.style.overflow = 'hidden';
  return copy;
}
