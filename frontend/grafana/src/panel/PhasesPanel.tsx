import { DashboardCursorSync, type PanelProps } from '@grafana/data';
import { usePanelContext, useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef } from 'react';

import type { PhasesOptions } from '../options/types';
import { PanelHost, type PanelInputs } from './panel-host';

/** Grafana tells panels whose content sets their height so, outside of the published properties. */
type Props = PanelProps<PhasesOptions> & { fitContent?: boolean };

/** The panel as Grafana sees it: a container, and everything else behind it. */
export function PhasesPanel(props: Props): React.ReactElement {
  const container = useRef<HTMLDivElement>(null);
  const host = useRef<PanelHost | undefined>(undefined);
  const { sync } = usePanelContext();
  const inputs = { ...inputsOf(props, useTheme2()), isCursorShared: () => isShared(sync?.()) };

  useLayoutEffect(() => {
    const element = container.current;
    if (!element) {
      return undefined;
    }
    host.current ??= new PanelHost(element, inputs);
    host.current.update(inputs);
    return undefined;
  });

  useLayoutEffect(
    () => () => {
      host.current?.destroy();
      host.current = undefined;
    },
    []
  );

  return <div ref={container} data-testid="inference-triage-panel" />;
}

function isShared(sync: DashboardCursorSync | undefined): boolean {
  return sync === DashboardCursorSync.Crosshair || sync === DashboardCursorSync.Tooltip;
}

function inputsOf(props: Props, theme: PanelInputs['theme']): Omit<PanelInputs, 'isCursorShared'> {
  const { data, options, transparent, timeZone, width, height, fitContent } = props;
  return {
    data,
    options,
    theme,
    isTransparent: transparent,
    timeZone,
    width,
    height: fitContent || !Number.isFinite(height) ? Infinity : height,
    eventBus: props.eventBus,
    replaceVariables: (text) => props.replaceVariables(text),
    changeTimeRange: props.onChangeTimeRange,
  };
}
