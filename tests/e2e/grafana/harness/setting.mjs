// What a test asks of the page; the server writes it into the page as JSON.

/**
 * `panels`: `[{ pluginId, title, width, height, gridPos, fitContent, targets, options, fieldConfig }]`. `variables`: template
 * variables of a dashboard. `from`, `to`: the range as the time picker writes it. `columns`: width of the page in pixels
 * for panels with a `gridPos`.
 */
export const setting = {
  theme: 'dark',
  timeZone: 'utc',
  from: 'now-1h',
  to: 'now',
  panels: [],
  variables: [],
  ...JSON.parse(document.getElementById('setting').textContent),
};

/** The path below which Grafana is served, without a slash at its end: `/grafana`, or nothing. */
export const subPath = new URL(document.baseURI).pathname.replace(/\/$/, '');
