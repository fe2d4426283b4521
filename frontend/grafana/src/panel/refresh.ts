import type { PanelData } from '@grafana/data';

/**
 * Whether a request that is under way brings the newest part of what is on screen: the same queries
 * over the same range as it was written, e.g. `now-30m` to `now`. What is on screen then stays as
 * it is; anything else dims it.
 */
export function isLiveRefresh(shown: PanelData | undefined, next: PanelData): boolean {
  if (!shown || !next.request || !shown.request) {
    return shown !== undefined && next.request === shown.request;
  }
  return asked(shown.request) === asked(next.request);
}

function asked({ range, targets, scopedVars }: NonNullable<PanelData['request']>): string {
  const variables = Object.entries(scopedVars ?? {}).filter(([name]) => !name.startsWith('__'));
  return JSON.stringify([range?.raw, targets, variables]);
}
