// The table of the objectives as Markdown, for a ticket or a report.

import type { Report } from '../../report-types.js';
import { formatCount, formatShareRange } from '../../words/format.js';
import { KEPT_WORD, jointName, objectiveName, promiseWords } from '../../words/objectives.js';

/** The rows of the view with their numbers, and the sentence of what spent the budget. */
export function objectivesMarkdown(report: Report): string {
  const { rows, joint, budget } = report.objectives;
  const lines = rows.map((row) => {
    const { attained, kept, reason, target, given } = row;
    const isDefault = target !== undefined && !given ? ' (default)' : '';
    const share = attained ? formatShareRange(attained.lo, attained.hi) : reason;
    const service = attained?.sample ? formatShareRange(...attained.sample) : '–';
    const requests = attained?.requests === undefined ? '–' : formatCount(attained.requests);
    const promise = `${promiseWords(report, row)}${isDefault}`;
    return [objectiveName(row), promise, share, service, KEPT_WORD[kept], requests];
  });
  if (joint) {
    const share = formatShareRange(joint.lo, joint.hi);
    lines.push([`${jointName(joint)} at once`, '–', share, '–', '–', '–']);
  }
  const head = ['objective', 'target', 'within it', 'service (95 %)', 'verdict', 'requests'];
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return [...table, ...(budget ? ['', budget.sentence] : [])].join('\n');
}
