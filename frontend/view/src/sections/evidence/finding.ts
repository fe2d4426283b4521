// The finding that gave the verdict.

import type { Finding, Report } from '../../report-types.js';

/** The finding behind the verdict. */
export function primaryFinding(report: Report): Finding | undefined {
  return report.findings.find((finding) => finding.id === report.verdict.id);
}
