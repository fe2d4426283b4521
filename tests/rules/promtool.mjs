// `promtool` as the tests of the rules run it: in a folder of its own, on rules that the program
// writes.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { requireTools } from '../../deploy/steps/tools.mjs';
import { runProgram } from '../live/program.mjs';

const { promtool } = requireTools(['promtool']);

/** The rules for these arguments, as one file of Prometheus. */
export async function rulesOf(args = []) {
  const { status, stdout, stderr } = await runProgram(['rules', ...args]);
  if (status !== 0) throw new Error(`rules ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}

/** What `promtool check rules` says of a rule file; throws where it is refused. */
export function checkRules(text) {
  return inFolder((folder) => {
    writeFileSync(path.join(folder, 'rules.yaml'), text);
    return promtoolIn(folder, ['check', 'rules', 'rules.yaml']);
  });
}

/**
 * Evaluates the rules once a minute, or as often as `evaluated` says, over the series of each scenario, in the rule engine of
 * Prometheus, and compares the alerts that fire: `expect` has, by time, the names of all that do
 * and of no others.
 */
export function testRules(text, scenarios) {
  const often = new Set(scenarios.map(({ evaluated = '1m' }) => evaluated));
  for (const evaluated of often) {
    const those = scenarios.filter((one) => (one.evaluated ?? '1m') === evaluated);
    testAt(evaluated, text.replaceAll('interval: 1m', `interval: ${evaluated}`), those);
  }
}

function testAt(evaluated, text, scenarios) {
  return inFolder((folder) => {
    writeFileSync(path.join(folder, 'rules.yaml'), text);
    const test = {
      rule_files: ['rules.yaml'],
      evaluation_interval: evaluated,
      tests: scenarios.map(({ series, interval, expect }) => ({
        interval,
        input_series: series,
        promql_expr_test: Object.entries(expect).map(([at, names]) => ({
          expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: at,
          exp_samples: names.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
        })),
      })),
    };
    // JSON is YAML.
    writeFileSync(path.join(folder, 'test.yaml'), JSON.stringify(test));
    return promtoolIn(folder, ['test', 'rules', 'test.yaml']);
  });
}

/**
 * The alerts that fire over so many minutes of series: by name, the first minute at which each
 * does. promtool only compares, so it is asked for what cannot be, and its complaint is read.
 */
export function firing(text, { series, interval, minutes }) {
  return inFolder((folder) => {
    writeFileSync(path.join(folder, 'rules.yaml'), text);
    const test = {
      rule_files: ['rules.yaml'],
      evaluation_interval: '1m',
      tests: [
        {
          interval,
          input_series: series,
          promql_expr_test: Array.from({ length: minutes }, (_, minute) => ({
            expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: `${minute}m`,
            exp_samples: [{ labels: '{none="at all"}', value: 0 }],
          })),
        },
      ],
    };
    writeFileSync(path.join(folder, 'test.yaml'), JSON.stringify(test));
    const complaint = refusalOf(() => promtoolIn(folder, ['test', 'rules', 'test.yaml']));
    const answers = [...complaint.matchAll(/time: (?:(\d+)h)?(?:(\d+)m)?0?s?,[^]*?got: (.*)/g)];
    if (answers.length !== minutes) throw new Error(complaint.slice(0, 2_000));
    const first = {};
    for (const [, hours = 0, rest = 0, got] of answers) {
      for (const [, name] of got.matchAll(/alertname="(\w+)"/g))
        first[name] ??= Number(hours) * 60 + Number(rest);
    }
    return first;
  });
}

function refusalOf(use) {
  try {
    use();
  } catch (error) {
    return error.message;
  }
  throw new Error('promtool found what cannot be');
}

function promtoolIn(folder, args) {
  try {
    return execFileSync(promtool, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
  } catch (error) {
    throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`.trim(), {
      cause: error,
    });
  }
}

function inFolder(use) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'inference-triage-rules-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
