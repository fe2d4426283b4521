import assert from 'node:assert/strict';
import { test } from 'node:test';

import { dashboardAddress, placeInAddress } from '../dist/dashboard-address.js';

const range = { start: 1_780_000_015_000, end: 1_780_003_600_000 };
const window = { start: 1_780_000_615_000, end: 1_780_001_215_500 };
const names = { start: 'from', end: 'to' };

test('the range becomes absolute, the window goes with it, everything else stays', () => {
  const address = 'https://grafana.example/d/x?orgId=1&from=now-1h&to=now&var-model=a%20b#top';
  const link = dashboardAddress(address, names, range, { window });
  const url = new URL(link);
  assert.equal(url.searchParams.get('from'), '1780000015000');
  assert.equal(url.searchParams.get('to'), '1780003600000');
  assert.equal(url.searchParams.get('var-model'), 'a b');
  assert.equal(url.hash, '#top');
  assert.deepEqual(placeInAddress(link).window, window);
});

test('without a window the one of before goes', () => {
  const link = dashboardAddress('https://a/?triage-window=1..2', names, range, { window });
  assert.deepEqual(placeInAddress(link).window, window);
  const latest = dashboardAddress(link, names, range, {});
  assert.equal(placeInAddress(latest).window, undefined);
  assert.equal(placeInAddress('https://a/?triage-window=x').window, undefined);
});

test('the scope and the replica that a reader looks at go with it, whatever they are called', () => {
  const scope = JSON.stringify(['vllm', 'vllm:', 'org/model & co']);
  for (const replica of ['vllm-1/0', '10.0.0.7:8000/0', 'a&b=c#d %', null]) {
    const address = 'https://a/d/x?triage-replica=old&triage-scope=old&var-model=m';
    const link = dashboardAddress(address, names, range, { window, scope, replica });
    assert.deepEqual(placeInAddress(link), { window, scope, replica, compared: undefined });
    assert.equal(new URL(link).searchParams.get('var-model'), 'm');
    const nothing = {
      ...{ window: undefined, scope: undefined, replica: undefined, compared: undefined },
    };
    assert.deepEqual(placeInAddress(dashboardAddress(link, names, range, {})), nothing);
  }
});

test('what the window is compared with goes with it', () => {
  for (const compared of ['baseline', 'previous', 'next', window]) {
    const link = dashboardAddress('https://a/d/x?triage-compare=next', names, range, { compared });
    assert.deepEqual(placeInAddress(link).compared, compared);
    assert.equal(placeInAddress(dashboardAddress(link, names, range, {})).compared, undefined);
  }
  for (const other of ['', 'x', 'toString', '2..1'])
    assert.equal(placeInAddress(`https://a/?triage-compare=${other}`).compared, undefined);
});
