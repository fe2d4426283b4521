// A page in which panels run as they do in Grafana: its modules, its registries, its services, its
// scenes.

import './boot.mjs';
import { createTheme, ThemeContext } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import * as scenes from '@grafana/scenes';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { createElement, Fragment } from 'react';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router-dom';
import { CompatRouter } from 'react-router-dom-v5-compat';

import { fillRegistries } from './registries.mjs';
import { makeScene } from './scene.mjs';
import { answeredAt, provideServices } from './services.mjs';
import { setting } from './setting.mjs';
import { shareModules } from './shared-modules.mjs';

/**
 * What tests may do and ask: the scene, its panels, their latest data, and how to run queries
 * again.
 */
function offerToTests(scene, panels) {
  window.harness = {
    scene,
    panels,
    answeredAt,
    range: () => scene.state.$timeRange.state.value,
    setRange: (from, to) => scene.state.$timeRange.setState({ from, to, value: undefined }),
    resize: (index, size) => scene.state.body.state.children[index].setState(size),
    data: (index = 0) => panels[index].state.$data?.state.data,
    async refresh(index = 0) {
      const runner = panels[index].state.$data;
      const before = runner.state.data;
      scene.state.$timeRange.onRefresh();
      while (runner.state.data === before || runner.state.data.state === 'Loading') await frame();
    },
  };
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

async function start() {
  shareModules();
  fillRegistries();
  await initPluginTranslations('grafana-scenes', [scenes.loadResources]);
  const { scene, panels } = makeScene();
  provideServices(scene);
  offerToTests(scene, panels);

  const theme = createTheme({ colors: { mode: setting.theme } });
  const page = { display: 'flex', minHeight: '100vh', background: theme.colors.background.canvas };
  // Grafana 13 has panels whose content sets their height; they are told a height of 0.
  const Fit = (setting.fitContent && scenes.VizPanelFitScope) || Fragment;
  const fit = Fit === Fragment ? null : { enabled: true, minHeight: 0 };
  const shown = createElement(Fit, fit, createElement(scene.Component, { model: scene }));
  const content = createElement('main', { style: page }, shown);
  const styles = createElement(GlobalStyles, {
    hackNoBackdropBlur: false,
    isExtensionSidebarOpen: false,
  });
  const router = createElement(MemoryRouter, null, createElement(CompatRouter, null, content));
  const root = createRoot(document.getElementById('reactRoot'));
  root.render(
    createElement(
      ThemeContext.Provider,
      { value: theme },
      styles,
      router,
      createElement(PortalContainer),
    ),
  );
  window.harness.unmount = () => root.unmount();
}

start().catch((error) => {
  document.getElementById('reactRoot').textContent = error.stack;
  throw error;
});
