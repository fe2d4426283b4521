import { DataHoverClearEvent, DataHoverEvent, EventBusSrv } from '@grafana/data';

import { SharedCursor } from './cursor';

function open(isShared = true) {
  const dashboard = new EventBusSrv();
  const shown: Array<number | undefined> = [];
  const heard: unknown[] = [];
  const cursor = new SharedCursor(
    dashboard.newScopedBus('panel-1'),
    () => isShared,
    (time) => shown.push(time)
  );
  dashboard.subscribe(DataHoverEvent, ({ payload }) => heard.push(payload.point['time']));
  dashboard.subscribe(DataHoverClearEvent, () => heard.push('clear'));
  return { cursor, shown, heard, other: dashboard.newScopedBus('panel-2') };
}

describe('the shared cursor', () => {
  it('tells the other panels where the reader points, and does not follow itself', () => {
    const { cursor, shown, heard } = open();
    cursor.point(1_000);
    cursor.point(2_000);
    cursor.point(undefined);
    expect(heard).toEqual([1_000, 2_000, 'clear']);
    expect(shown).toEqual([]);
  });

  it('follows other panels, also the charts of Grafana itself', () => {
    const { shown, other } = open();
    other.publish(new DataHoverEvent({ point: { time: 3_000 } }).setTags(['uplot']));
    other.publish(new DataHoverEvent({ point: { le: 5 } }));
    other.publish(new DataHoverClearEvent());
    expect(shown).toEqual([3_000, undefined]);
  });

  it('is silent and deaf where the dashboard shares no cursor', () => {
    const { cursor, shown, heard, other } = open(false);
    cursor.point(1_000);
    other.publish(new DataHoverEvent({ point: { time: 3_000 } }));
    expect(heard).toEqual([3_000]);
    expect(shown).toEqual([]);
  });

  it('stops listening', () => {
    const { cursor, shown, other } = open();
    cursor.destroy();
    other.publish(new DataHoverEvent({ point: { time: 3_000 } }));
    expect(shown).toEqual([]);
  });
});
