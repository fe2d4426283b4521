// Jest setup provided by Grafana scaffolding
import './.config/jest-setup';

// react-dom/server, which @grafana/ui loads, wants one at import; Node's own keeps Jest from
// ending.
global.MessageChannel ??= class {
  port1 = { onmessage: undefined };
  port2 = { postMessage: (data) => setTimeout(() => this.port1.onmessage?.({ data }), 0) };
};

// jsdom's URL lags behind the browsers'.
URL.canParse ??= (url, base) => {
  try {
    return Boolean(new URL(url, base));
  } catch {
    return false;
  }
};
