// What a test asks of the page; the server writes it into the page as JSON.

/**
 * `panels`: `[{ pluginId, title, width, height, gridPos, targets, delay, options, fieldConfig }]`,
 * `delay` in milliseconds before the first query. `fitContent`: whether the content of panels sets
 * their height. `variables`: template variables of a dashboard. `from`, `to`: the range as the time
 * picker writes it.
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
