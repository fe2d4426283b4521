// The React side: props in, calls on the stage out.

import { useEffect, useLayoutEffect, useMemo, useRef, useState, type JSX } from 'react';
import type { InferenceTriageOptions } from './options.js';
import type { PanelProps, QueryResult } from './perses.js';
import { noticesOf, toBatch } from './query-batch.js';
import { Stage } from './stage.js';
import { unansweredNotices, unansweredQueries } from './unanswered.js';

/**
 * How long a panel with missing results waits for the next one before it shows what there is,
 * milliseconds.
 */
const PATIENCE_MS = 1_000;

type Props = PanelProps<InferenceTriageOptions>;

/** The panel with the results of its queries. */
export function TriagePanel({
  spec,
  contentDimensions,
  definition,
  queryResults,
}: Props): JSX.Element {
  const { container, stage } = useStage(spec, definition, contentDimensions);
  const results = useSteady(queryResults);
  useEffect(() => {
    if (stage === undefined) return undefined;
    const asked = definition?.spec.queries ?? [];
    if (results.length === 0 && asked.length === 0) {
      void stage.showSetup();
      return undefined;
    }
    const unanswered = unansweredQueries(definition, results);
    const show = (): void =>
      stage.show(
        (roles) => toBatch(results, roles),
        [...noticesOf(results), ...unansweredNotices(unanswered)],
      );
    if (unanswered.length === 0) {
      show();
      return undefined;
    }
    stage.showLoading(`${asked.length - unanswered.length} of ${asked.length} queries answered`);
    const timer = setTimeout(show, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [stage, definition, results]);
  return container;
}

/** The panel while no query has a result: the last diagnosis, dimmed, or a skeleton. */
export function TriageLoading({ spec, contentDimensions, definition }: Props): JSX.Element {
  const { container, stage } = useStage(spec, definition, contentDimensions);
  useEffect(() => stage?.showLoading(), [stage]);
  return container;
}

interface Staged {
  container: JSX.Element;
  stage: Stage | undefined;
}

function useStage(
  spec: InferenceTriageOptions | undefined,
  definition: Props['definition'],
  dimensions: Props['contentDimensions'],
): Staged {
  const place = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Stage>();
  const latest = useRef({ definition, density: spec?.density });
  latest.current = { definition, density: spec?.density };
  // Before the browser paints, so that a panel that only changes its place does not flicker.
  useLayoutEffect(() => {
    if (place.current === null) return undefined;
    const opened = Stage.open(place.current, latest.current.definition, latest.current.density);
    setStage(opened);
    return () => opened.leave(latest.current.definition);
  }, []);
  const options = useValue(spec ?? {});
  useLayoutEffect(() => stage?.configure(options), [stage, options]);
  const { width, height } = dimensions ?? {};
  useLayoutEffect(() => {
    if (width !== undefined && height !== undefined) stage?.resize(width, height);
  }, [stage, width, height]);
  return {
    container: <div ref={place} style={{ width: width ?? '100%', height: height ?? '100%' }} />,
    stage,
  };
}

/** The same object as long as the options say the same: hosts make new ones at will. */
function useValue(options: InferenceTriageOptions): InferenceTriageOptions {
  const text = JSON.stringify(options);
  return useMemo(() => JSON.parse(text) as InferenceTriageOptions, [text]);
}

/** The same array as long as it holds the same results: hosts make a new one for every drawing. */
function useSteady(results: readonly QueryResult[]): readonly QueryResult[] {
  const kept = useRef(results);
  const isSame =
    kept.current.length === results.length &&
    results.every(({ data, definition }, index) => {
      const before = kept.current[index];
      return (
        before?.data === data && JSON.stringify(before?.definition) === JSON.stringify(definition)
      );
    });
  if (!isSame) kept.current = results;
  return kept.current;
}
