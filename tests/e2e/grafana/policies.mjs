// Content-Security-Policies that a Grafana may send with its page.

const otherDirectives =
  "object-src 'none';font-src 'self';style-src 'self' 'unsafe-inline' blob:;img-src * data:;base-uri 'self';connect-src 'self' grafana.com ws://$ROOT_PATH wss://$ROOT_PATH;manifest-src 'self';media-src 'none';form-action 'self';";

const withScripts = (sources) => `script-src ${sources} 'strict-dynamic' $NONCE;${otherDirectives}`;

/**
 * Grafana's own template, what operators make of it, and none at all, which is Grafana's default.
 */
export const policies = {
  none: undefined,
  template: withScripts("'self' 'unsafe-eval' 'unsafe-inline'"),
  'wasm only': withScripts("'self' 'wasm-unsafe-eval' 'unsafe-inline'"),
  'no eval': withScripts("'self' 'unsafe-inline'"),
};
