import { locationUtil } from '@grafana/data';
import { locationService } from '@grafana/runtime';

/**
 * Opens a link: a page of this Grafana in place, anything else in a tab of its own. Other schemes
 * than http are refused.
 */
export function openLink(url: string): void {
  const target = addressOf(url);
  if (!target) {
    return;
  }
  if (target.origin === new URL(document.baseURI).origin) {
    locationService.push(
      locationUtil.stripBaseFromUrl(`${target.pathname}${target.search}${target.hash}`)
    );
  } else {
    window.open(target.href, '_blank', 'noopener,noreferrer');
  }
}

function addressOf(url: string): URL | undefined {
  try {
    const address = new URL(url, document.baseURI);
    return /^https?:$/.test(address.protocol) ? address : undefined;
  } catch {
    return undefined;
  }
}
