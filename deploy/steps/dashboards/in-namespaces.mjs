// Selectors of what tells of the namespaces of the engines.

import { namespaces } from './plan-targets.mjs';

/**
 * Labels that hold the namespace a series is about: the exporter's own, and what a scrape makes of
 * it that keeps `namespace` for the exporter's pod.
 */
const labels = ['namespace', 'exported_namespace'];

/** Where the second label is there, the first one is that of the exporter's pod. */
const own = { namespace: 'exported_namespace=""', exported_namespace: '' };

/**
 * A metric in the engines' namespaces, under either label; `wrap` is put around each selector.
 * While the variable is empty nothing is selected: an empty matcher alone would select every series
 * that lacks the label.
 */
export const inNamespaces = (
  name,
  { matchers = '', window = '', wrap = (selector) => selector } = {},
) =>
  labels
    .map((label) => {
      const all = [matchers, `${label}=~"${namespaces}"`, `${label}!=""`, own[label]].filter(
        Boolean,
      );
      return wrap(`${name}{${all.join(',')}}${window}`);
    })
    .join(' or ');
