import { locationUtil } from '@grafana/data';
import { locationService } from '@grafana/runtime';

/** Opens a link: a page of this Grafana in place, anything else in a tab of its own. Other schemes than http are refused. */
export function openLink(url: string): void {
  const base = document.baseURI;
  const target = URL.canParse?.(url, base) ? new URL(url, base) : undefined;
  if (!target || !/^https?:$/.test(target.protocol)) {
    return;
  }
  if (target.origin === new URL(base).origin) {
    locationService.push(locationUtil.stripBaseFromUrl(`${target.pathname}${target.search}${target.hash}`));
  } else {
    window.open(target.href, '_blank', 'noopener,noreferrer');
  }
}
