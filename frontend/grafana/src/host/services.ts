import { AppEvents, type AbsoluteTimeRange } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';
import { copyText, type PanelServices } from '@inference-triage/panel';

import { openLink } from './links';
import { timeFormatterOf } from './time';

/** What Grafana does for the view. */
export function servicesOf(
  timeZone: string,
  changeTimeRange: (range: AbsoluteTimeRange) => void,
  hover: (time: number | undefined) => void,
  address: () => string
): PanelServices {
  return {
    copy: copyText,
    notify: (message) =>
      getAppEvents().publish({ type: AppEvents.alertInfo.name, payload: [message] }),
    formatTime: timeFormatterOf(timeZone),
    zoomTo: ({ start, end }) => changeTimeRange({ from: start, to: end }),
    hover,
    address,
    openLink,
  };
}
