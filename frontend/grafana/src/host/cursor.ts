import { DataHoverClearEvent, DataHoverEvent, type EventBus } from '@grafana/data';

/** Something that can stop listening. */
interface Subscription {
  unsubscribe(): void;
}

/**
 * The cursor that the panels of a dashboard share. Only its time is shared: the strips have no
 * value axis in common with another panel.
 */
export class SharedCursor {
  readonly #bus: EventBus;
  readonly #isShared: () => boolean;
  readonly #subscriptions: Subscription[];
  /** Ours, so that we do not follow ourselves. */
  readonly #hover = new DataHoverEvent({ point: { time: null } });
  readonly #clear = new DataHoverClearEvent();

  /**
   * `isShared` tells whether the dashboard shares cursors now; `show` is told where other panels
   * point.
   */
  constructor(bus: EventBus, isShared: () => boolean, show: (time: number | undefined) => void) {
    this.#bus = bus;
    this.#isShared = isShared;
    this.#subscriptions = [
      bus.getStream(DataHoverEvent).subscribe((event) => {
        const time = event.payload.point?.['time'];
        if (event !== this.#hover && isShared() && typeof time === 'number') {
          show(time);
        }
      }),
      bus.getStream(DataHoverClearEvent).subscribe((event) => {
        if (event !== this.#clear && isShared()) {
          show(undefined);
        }
      }),
    ];
  }

  /** Tells the other panels where the reader points; undefined when the pointer left. */
  point(time: number | undefined): void {
    if (!this.#isShared()) {
      return;
    }
    this.#hover.payload.point['time'] = time ?? null;
    this.#bus.publish(time === undefined ? this.#clear : this.#hover);
  }

  /** Stops listening. */
  destroy(): void {
    for (const subscription of this.#subscriptions) {
      subscription.unsubscribe();
    }
  }
}
