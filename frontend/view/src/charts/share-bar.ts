// A share from none to all: what is certain, what is open, and what a sample allows.

import { html, nothing, svg } from 'lit-html';
import type { SVGTemplateResult, TemplateResult } from 'lit-html';

/** What a bar shows; all are shares in 0–1. */
export interface Share {
  lo: number;
  hi: number;
  /** The interval for the service behind the sample. */
  sample?: [number, number] | undefined;
  /** The share that was promised. */
  line?: number;
}

const HEIGHT = 24;
const TOP = 6;
const THICK = 12;
const MIDDLE = TOP + THICK / 2;

/** The narrowest open part that can be seen, as a share of the bar. */
const LEAST_OPEN = 0.006;

/** The picture. Its numbers stand as text beside it, so screen readers skip it. */
export function shareBar({ lo, hi, sample, line }: Share): TemplateResult {
  const open = hi > lo ? Math.max(hi - lo, LEAST_OPEN) : 0;
  return html`<svg class="share-bar" height=${HEIGHT} width="100%" aria-hidden="true">
    <rect class="share-all" width="100%" y=${TOP} height=${THICK} rx="2"></rect>
    <rect class="share-sure" width=${per(lo)} y=${TOP} height=${THICK} rx="2"></rect>
    ${open > 0 ? openPart(Math.min(lo, 1 - open), open) : nothing}
    ${sample ? whisker(...sample) : nothing}
    ${line === undefined ? nothing : svg`<line class="share-line" x1=${per(line)} x2=${per(line)} y1="1" y2="23"></line>`}
  </svg>`;
}

function openPart(from: number, width: number): SVGTemplateResult {
  return svg`<rect class="share-open" x=${per(from)} width=${per(width)} y=${TOP + 0.5} height=${THICK - 1}></rect>`;
}

function whisker(lo: number, hi: number): SVGTemplateResult {
  return svg`<line class="share-sample" x1=${per(lo)} x2=${per(hi)} y1=${MIDDLE} y2=${MIDDLE}></line>
    ${[lo, hi].map((at) => svg`<line class="share-sample" x1=${per(at)} x2=${per(at)} y1=${MIDDLE - 3} y2=${MIDDLE + 3}></line>`)}`;
}

function per(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
}
