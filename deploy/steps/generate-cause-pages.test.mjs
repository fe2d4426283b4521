import assert from 'node:assert/strict';
import { test } from 'node:test';

import { causePages } from './generate-cause-pages.mjs';

const catalogue = `# Causes

## \`kv-thrash\`

The cache is
full.

**Why it matters**

Work is lost.

- Needs: \`running\`
- Can use: none
- Confused with: \`healthy\`
- First action: \`raise-kv-memory\`. Give it memory. It costs: A restart.

## \`healthy\`

Nothing is wrong.

- Needs: none
- Confused with: none

# Facts and their thresholds

## \`memory\`

Is it short?

- \`memory.full\` = 0.9 (0.5 to 1): Because.

## \`queue\`

How long?

- \`queue.share\` = 0.2 (0 to 1): Because too.
`;

test('a page has its text, its runbook and the thresholds of the facts that it reads', () => {
  const sources = {
    'kv-thrash': 'fn judge() { facts.memory.full }\n#[cfg(test)]\nmod tests { facts.queue }',
    healthy: '',
  };
  const pages = causePages(catalogue, (id) => sources[id]);
  assert.deepEqual([...pages.keys()], ['kv-thrash.md', 'healthy.md', 'README.md']);
  const page = pages.get('kv-thrash.md');
  for (const part of [
    '# KV thrash\n\nThe cache is\nfull.',
    '## Why it matters\n\nWork is lost.',
    '3. Give it memory. It costs: A restart.',
    '2. Exclude what looks like it: [`healthy`](healthy.md).',
    '**Is it short?**\n\n- `memory.full` = 0.9',
  ])
    assert.ok(page.includes(part), `${part}\nis not in\n${page}`);
  assert.ok(!page.includes('queue.share'), page);
  assert.ok(!pages.get('healthy.md').includes('## Thresholds'));
  assert.match(pages.get('README.md'), /- \[kv-thrash\]\(kv-thrash\.md\): The cache is full\./);
});
