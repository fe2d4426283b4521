// Pointer and keyboard on the strips become windows, at most one an animation frame.

import type { Interval } from '../../contract.js';
import { between, dragged, gripAt, keyed } from './brush.js';
import type { Grid, Grip } from './brush.js';

/** What the gestures need of the view. */
export interface BrushTarget {
  grid(): Grid;
  window(): Interval;
  /** The reader's window, or `undefined` when it is cleared. */
  change(window: Interval | undefined): void;
  /** The pointer let go. */
  released(): void;
}

/** Pixels within which an edge catches the pointer. */
const REACH = 6;
/** Pixels a pointer moves before a press becomes a drag. */
const THRESHOLD = 3;

interface Drag {
  pointer: number;
  from: number;
  fromX: number;
  grip: Grip | undefined;
  window: Interval;
  moved: boolean;
}

/** One brush for all strips of a view. */
export class BrushGesture {
  readonly #target: BrushTarget;
  #drag: Drag | undefined;
  #pending: Interval | undefined;
  #frame = 0;

  constructor(target: BrushTarget) {
    this.#target = target;
  }

  /** Whether a pointer holds the brush. */
  get active(): boolean {
    return this.#drag?.moved === true;
  }

  /** For `pointerdown` on the element that holds the strips. */
  readonly press = (event: PointerEvent): void => {
    const area = event.currentTarget as HTMLElement;
    const track = trackOf(area);
    if (event.button !== 0 || !track || !within(event, track)) return;
    const from = this.#timeAt(event.clientX, track);
    const window = this.#target.window();
    const grip = gripAt(from, this.#reach(track), window, this.#target.grid());
    this.#drag = {
      pointer: event.pointerId,
      from,
      fromX: event.clientX,
      grip,
      window,
      moved: false,
    };
    area.setPointerCapture(event.pointerId);
    // Otherwise the browser starts to select text.
    event.preventDefault();
  };

  /** For `pointermove`. */
  readonly move = (event: PointerEvent): void => {
    const area = event.currentTarget as HTMLElement;
    const track = trackOf(area);
    if (!track) return;
    const time = this.#timeAt(event.clientX, track);
    const drag = this.#drag;
    if (drag?.pointer !== event.pointerId) {
      area.dataset['grip'] = this.#gripName(event, time, track);
      return;
    }
    drag.moved ||= Math.abs(event.clientX - drag.fromX) > THRESHOLD;
    if (!drag.moved) return;
    const grid = this.#target.grid();
    this.#request(
      drag.grip
        ? dragged(drag.window, drag.grip, time - drag.from, grid)
        : between(drag.from, time, grid),
    );
  };

  /** For `pointerup` and `pointercancel`. */
  readonly release = (event: PointerEvent): void => {
    if (this.#drag?.pointer !== event.pointerId) return;
    const moved = this.#drag.moved;
    this.#drag = undefined;
    if (!moved) return;
    this.#flush();
    this.#target.released();
    const body = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(
      '[data-grip="body"]',
    );
    body?.focus({ preventScroll: true });
  };

  /** For `keydown` on a grip. */
  readonly key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      this.cancel();
      this.#target.change(undefined);
      return;
    }
    const grip = (event.currentTarget as HTMLElement).dataset['grip'] as Grip;
    const window = keyed(
      this.#pending ?? this.#target.window(),
      grip,
      event.key,
      event.shiftKey,
      this.#target.grid(),
    );
    if (!window) return;
    event.preventDefault();
    this.#request(window);
  };

  /** Drops what has not been delivered. */
  cancel(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#pending = undefined;
    this.#drag = undefined;
  }

  #request(window: Interval): void {
    this.#pending = window;
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const window = this.#pending;
    this.#pending = undefined;
    if (window) this.#target.change(window);
  }

  #timeAt(x: number, track: DOMRect): number {
    const { start, end } = this.#target.grid();
    return start + ((x - track.left) / Math.max(1, track.width)) * (end - start);
  }

  #reach(track: DOMRect): number {
    const { start, end } = this.#target.grid();
    return (REACH / Math.max(1, track.width)) * (end - start);
  }

  #gripName(event: PointerEvent, time: number, track: DOMRect): string {
    if (!within(event, track)) return 'none';
    return gripAt(time, this.#reach(track), this.#target.window(), this.#target.grid()) ?? 'new';
  }
}

function trackOf(area: HTMLElement): DOMRect | undefined {
  return area.querySelector('.brush')?.getBoundingClientRect();
}

function within(event: PointerEvent, track: DOMRect): boolean {
  return (
    event.clientX >= track.left - REACH &&
    event.clientX <= track.right + REACH &&
    event.clientY >= track.top &&
    event.clientY <= track.bottom
  );
}
