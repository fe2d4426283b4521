// Grafana's time-series chart as a panel plugin. The core plugin itself is not published; the chart
// it draws with is.

import {
  PanelPlugin,
  FieldConfigProperty,
  FieldColorModeId,
  identityOverrideProcessor,
} from '@grafana/data';
import { TimeSeries } from '@grafana/ui';
import { createElement } from 'react';

/** The chart's own settings of a field, with the values that Grafana's editor starts from. */
const customDefaults = {
  drawStyle: 'line',
  lineWidth: 1,
  lineInterpolation: 'linear',
  fillOpacity: 0,
  showPoints: 'auto',
  pointSize: 5,
  spanNulls: false,
  stacking: { mode: 'none', group: 'A' },
  axisPlacement: 'auto',
  axisSoftMin: undefined,
  axisSoftMax: undefined,
  axisLabel: '',
  thresholdsStyle: { mode: 'off' },
};

function TimeSeriesPanel({ data, timeRange, timeZone, width, height, options }) {
  const frames = data.series.filter(({ fields }) => fields.some(({ type }) => type === 'number'));
  if (frames.length === 0) return createElement('div', { className: 'panel-empty' }, 'No data');
  const legend = {
    showLegend: true,
    displayMode: 'list',
    placement: 'bottom',
    calcs: [],
    ...options.legend,
  };
  const properties = {
    frames,
    structureRev: data.structureRev,
    timeRange,
    timeZone,
    width,
    height,
    legend,
    options,
  };
  return createElement(TimeSeries, properties, () => null);
}

export const timeSeriesPlugin = new PanelPlugin(TimeSeriesPanel).useFieldConfig({
  standardOptions: {
    [FieldConfigProperty.Color]: { defaultValue: { mode: FieldColorModeId.PaletteClassic } },
  },
  useCustomConfig(builder) {
    for (const [path, defaultValue] of Object.entries(customDefaults)) {
      builder.addCustomEditor({
        id: path,
        path,
        name: path,
        defaultValue,
        editor: () => null,
        override: () => null,
        process: identityOverrideProcessor,
        shouldApply: () => true,
      });
    }
  },
});
timeSeriesPlugin.meta = {
  id: 'timeseries',
  name: 'Time series',
  type: 'panel',
  info: { logos: {} },
};
