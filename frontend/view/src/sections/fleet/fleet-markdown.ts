// The table of replicas as Markdown, in the order on screen.

import { DEVIATION_TITLE } from '../../words/catalogue.generated.js';
import type { FleetView } from './fleet-section.js';

/** Names are foreign text: in a code span they are neither links nor mentions. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** Every replica that the reader's choice leaves, whether in sight or not. */
export function fleetMarkdown({ fleet, lines, columns, verdicts }: FleetView): string {
  const head = ['replica', 'stands out', ...columns.map(({ title }) => title)];
  const rows = lines.flatMap((line) => {
    if (line.kind === 'group') return [];
    const { row } = line;
    const verdict = verdicts.get(row.replica);
    const outside = row.deviation
      ? `${DEVIATION_TITLE[row.deviation.kind]}: ${row.deviation.text}`
      : '–';
    return [
      [
        code(row.replica),
        outside,
        ...columns.map((column) => column.text({ row, verdict, window: '' })),
      ],
    ];
  });
  const table = [head, head.map(() => '---'), ...rows];
  const escaped = (cell: string): string => cell.replaceAll('|', '\\|');
  return [
    fleet.sentence,
    '',
    ...table.map((cells) => `| ${cells.map(escaped).join(' | ')} |`),
  ].join('\n');
}
