import {
  applyFieldOverrides,
  createTheme,
  FieldType,
  toDataFrame,
  type DataFrame,
  type DataLink,
  type Labels,
} from '@grafana/data';

import { linksOf } from './data-links';

const theme = createTheme();

/** Series as Grafana hands them over: its overrides give each field what makes the links. */
function frames(links: DataLink[], labelSets: Labels[]): DataFrame[] {
  return applyFieldOverrides({
    data: labelSets.map((labels) =>
      toDataFrame({
        refId: 'A',
        fields: [
          { name: 'Time', type: FieldType.time, values: [1_000, 16_000] },
          { name: 'Value', type: FieldType.number, labels, config: { links }, values: [1, 7] },
        ],
      })
    ),
    fieldConfig: { defaults: {}, overrides: [] },
    replaceVariables: (text, variables) => {
      const { frame } = variables?.['__dataContext']?.value ?? {};
      return text.replace('${__field.labels.pod}', frame?.fields[1]?.labels?.pod ?? '');
    },
    theme,
  });
}

describe('data links', () => {
  const pods = [
    { __name__: 'a_bucket', le: '1', pod: 'p0' },
    { __name__: 'a_bucket', le: '2', pod: 'p0' },
    { __name__: 'a_bucket', le: '1', pod: 'p1' },
  ];

  it('that name no label are offered once', () => {
    const links = [{ title: 'Runbook', url: 'https://runbooks.example/latency' }];
    expect(linksOf(frames(links, pods))).toEqual([
      { title: 'Runbook', url: 'https://runbooks.example/latency' },
    ]);
  });

  it('that name a pod are offered once a pod', () => {
    const links = [
      { title: 'Logs of ${__field.labels.pod}', url: '/explore?pod=${__field.labels.pod}' },
    ];
    expect(linksOf(frames(links, pods))).toEqual([
      { title: 'Logs of p0', url: '/explore?pod=p0' },
      { title: 'Logs of p1', url: '/explore?pod=p1' },
    ]);
  });

  it('stay few in a large fleet', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ pod: `p${index}` }));
    const links = [
      { title: 'Logs of ${__field.labels.pod}', url: '/explore?pod=${__field.labels.pod}' },
    ];
    expect(linksOf(frames(links, many))).toHaveLength(6);
  });

  it('may be missing', () => {
    expect(linksOf(frames([], pods))).toEqual([]);
  });
});
