// The panel in a real Grafana server, with the dashboards and the Prometheus of
// docker-compose.yaml.

import { expect, test } from '@grafana/plugin-e2e';

/** Dashboards that are provisioned, by their uid. */
const MINIMAL = { uid: 'inference-triage-minimal' };

const VISUALIZATION = 'Inference Triage';
const TITLE = 'Triage';

/**
 * Words of the verdict line for every severity; which one it is depends on what the engine is
 * doing.
 */
const VERDICT = /Critical|Warning|Healthy|For information|Cannot tell/;

test('one query is enough for a verdict', async ({ gotoDashboardPage }) => {
  const dashboard = await gotoDashboardPage(MINIMAL);
  const { locator } = dashboard.getPanelByTitle(TITLE);
  await expect(locator.getByRole('region', { name: 'Inference triage' })).toContainText(VERDICT, {
    timeout: 30_000,
  });
  await expect(locator).not.toContainText('does not let the diagnosis run');
});

test('the panel has no serious accessibility violation', async ({
  gotoDashboardPage,
  scanForA11yViolations,
}) => {
  const dashboard = await gotoDashboardPage(MINIMAL);
  const { locator } = dashboard.getPanelByTitle(TITLE);
  await expect(locator.getByRole('region', { name: 'Inference triage' })).toContainText(VERDICT, {
    timeout: 30_000,
  });
  const results = await scanForA11yViolations({
    include: '[data-testid="inference-triage-panel"]',
  });
  expect(results).toHaveNoA11yViolations();
});

test('zoom to window sets the range of the dashboard', async ({ gotoDashboardPage, page }) => {
  await page.setViewportSize({ width: 1600, height: 1200 });
  const dashboard = await gotoDashboardPage(MINIMAL);
  const { locator } = dashboard.getPanelByTitle(TITLE);
  const zoom = locator.getByRole('button', { name: 'zoom to window' });
  await expect(zoom).toBeVisible({ timeout: 30_000 });
  await zoom.click();
  await expect(page).toHaveURL(/from=(\d{13}|\d{4}-\d\d-\d\dT)/);
});

test('a new panel offers the query to paste', async ({
  panelEditPage,
  readProvisionedDataSource,
  page,
}) => {
  const { name } = await readProvisionedDataSource({ fileName: 'prometheus.yaml' });
  await panelEditPage.datasource.set(name);
  await panelEditPage.setVisualization(VISUALIZATION);
  // Newer releases cover a panel without a query with a hint of their own.
  const hints = page.getByText(/Give this panel one query|Run a query to visualize it here/);
  await expect(hints.first()).toBeVisible();
});

test('options set objectives and sections', async ({ gotoPanelEditPage }) => {
  const panelEditPage = await gotoPanelEditPage({ dashboard: MINIMAL, id: '1' });
  await expect(panelEditPage.panel.locator).toContainText(VERDICT, { timeout: 30_000 });
  // A low panel keeps its tables behind buttons.
  const latencies = panelEditPage.panel.locator.getByRole('button', { name: 'Latencies' });
  if (await latencies.isVisible()) {
    await latencies.click();
  }
  const objectives = panelEditPage.getCustomOptions('Objectives');
  await objectives.expand();
  await objectives.getSelect('Kind of service').selectOption('Batch');
  await expect(panelEditPage.panel.locator).toContainText('≤ 60 s');
  await objectives.getNumberInput('Target: End to end').fill('45');
  await objectives.getNumberInput('Target: End to end').blur();
  await expect(panelEditPage.panel.locator).toContainText('≤ 45 s');
});
