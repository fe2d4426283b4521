// `npm run demo` serves the page it promises, with and without a real Prometheus, and leaves
// nothing running.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

import { root } from '../../deploy/steps/process.mjs';
import { eventually } from '../eventually.mjs';

/**
 * Starts the verb and resolves with the page's address, the text so far and a promise of the exit
 * status.
 */
function startDemo(args) {
  const child = spawn('node', [path.join(root, 'deploy/verbs/demo.mjs'), '--no-open', ...args], {
    cwd: root,
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  return new Promise((resolve, reject) => {
    let text = '';
    const read = (part) => {
      text += part;
      const address = /The demo is at (\S+)/.exec(text);
      if (address) resolve({ child, ended, address: new URL(address[1]), text });
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    ended.then((status) => reject(new Error(`the demo ended with status ${status}: ${text}`)));
  });
}

async function refusesConnections(url) {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

test('the page, its module and its incidents are served until the time is over', async () => {
  const { ended, address } = await startDemo(['--for', '5s']);
  const page = await fetch(address);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  assert.match(await page.text(), /<inference-triage/);
  const module = await fetch(new URL('inference_triage.wasm', address));
  assert.equal(module.headers.get('content-type'), 'application/wasm');
  const incidents = JSON.parse(
    readFileSync(path.join(root, 'frontend/portal/demo/incidents.json'), 'utf8'),
  );
  for (const { id } of incidents) {
    assert.equal((await fetch(new URL(`incidents/${id}.json.gz`, address))).status, 200, id);
  }
  assert.equal(await ended, 0);
  assert.ok(await refusesConnections(address), 'the server is gone');
});

test('Ctrl-C stops it', async () => {
  const { child, ended, address } = await startDemo([]);
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  assert.ok(await refusesConnections(address), 'the server is gone');
});

test('live, a real Prometheus answers behind the page and scrapes the exporter', async () => {
  const { child, ended, address, text } = await startDemo(['--live']);
  const [, exporter, prometheus] = /exporter (\S+), Prometheus (\S+)/.exec(text);
  const query = async (promql) => {
    const pathname = `prometheus/api/v1/query?query=${encodeURIComponent(promql)}`;
    return (await (await fetch(new URL(pathname, address))).json()).data.result;
  };
  const past = await query('count_over_time(vllm:num_requests_running[30m])');
  assert.ok(Number(past[0].value[1]) >= 110, 'half an hour of history at 15 s');
  await eventually('the exporter is scraped', async () => (await query('up'))[0]?.value[1] === '1');
  child.kill('SIGINT');
  assert.equal(await ended, 0);
  for (const url of [address, exporter, prometheus])
    assert.ok(await refusesConnections(url), `${url} is gone`);
});

test('a wrong option is one sentence', async () => {
  await assert.rejects(startDemo(['--fro', '5']), /Unknown option '--fro'.*Usage: npm run demo/s);
});
