// One real engine on a loopback port: started, asked whether it is ready, ended by process ids.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as elapsed } from 'node:timers/promises';

import { Stop } from '../process.mjs';
import { endTree, kill, signal, treeOf } from './process-tree.mjs';

/** The name that requests ask for. */
export const servedModel = 'tiny';

/**
 * How long an engine may take until it answers, in milliseconds. Two minutes on two idle cores;
 * five times that on busy ones.
 */
const readyWithinMs = 600_000;

/** Always there: no weights, no compiled graphs, one loopback port. */
const fixedFlags = [
  '--load-format=dummy',
  '--enforce-eager',
  '--dtype=bfloat16',
  `--served-model-name=${servedModel}`,
  '--host=127.0.0.1',
];

/** Names that the engine gives its processes; the worker may live in the core's process. */
const titles = { worker: ['VLLM::Worker', 'VLLM::EngineCore'], core: ['VLLM::EngineCore'] };

/** One replica: a port that stays, and a process that may come and go. */
export class Engine {
  #child;

  constructor({ places, port, replica, log }) {
    this.places = places;
    this.port = port;
    this.replica = replica;
    this.log = log;
    this.address = `127.0.0.1:${port}`;
  }

  /** Starts the process and waits until it answers. `flags`: one text, as on a command line. */
  async start(flags) {
    const output = openSync(this.log, 'a');
    const { python, program, model } = this.places;
    const words = flags.split(/\s+/).filter((word) => word !== '');
    const child = spawn(
      python,
      [program, 'serve', model, `--port=${this.port}`, ...fixedFlags, ...words],
      {
        // A session of its own is a scheduling group of its own: neighbours do not starve it.
        detached: true,
        stdio: ['ignore', output, output],
        env: environmentOf(this.replica),
      },
    );
    closeSync(output);
    let failure;
    child.on('error', (error) => (failure = error.message));
    this.#child = child;
    const deadline = Date.now() + readyWithinMs;
    while (!(await this.isReady())) {
      // Killed or ended on purpose meanwhile.
      if (this.#child !== child) return false;
      if (failure || child.exitCode !== null || child.signalCode !== null) {
        throw new Stop(`the engine did not start: ${failure ?? this.lastLines()}`);
      }
      if (Date.now() > deadline) {
        throw new Stop(
          `the engine did not answer within ${readyWithinMs / 60_000} min; its log is ${this.log}`,
        );
      }
      await elapsed(500);
    }
    return true;
  }

  /** Whether it answers that it is well. */
  async isReady() {
    try {
      const patience = { signal: AbortSignal.timeout(2000) };
      return (await fetch(`http://${this.address}/health`, patience)).ok;
    } catch {
      return false;
    }
  }

  /** Ids of the processes of a kind: `api`, `core`, `worker` or `all`. */
  pids(kind) {
    const tree = this.#child ? treeOf(this.#child.pid) : [];
    if (kind === 'all') return tree.map((entry) => entry.pid);
    if (kind === 'api') return tree.slice(0, 1).map((entry) => entry.pid);
    for (const title of titles[kind]) {
      const found = tree.filter((entry) => entry.command.startsWith(title));
      if (found.length > 0) return found.map((entry) => entry.pid);
    }
    throw new Stop(`the engine on ${this.address} has no ${kind} process`);
  }

  /** Ends the process as an orchestrator does: asked first. */
  async stop() {
    const child = this.#child;
    this.#child = undefined;
    if (!child) return;
    await endTree(child.pid);
    endGroup(child.pid);
  }

  /** Ends all processes at once, as a crash does. Returns their ids. */
  kill() {
    const pids = this.pids('all');
    const child = this.#child;
    this.#child = undefined;
    kill(pids);
    if (child) endGroup(child.pid);
    return pids;
  }

  /** What it says of its memory when it boots. */
  bootLines() {
    return readFileSync(this.log, 'utf8')
      .split('\n')
      .filter((line) => /KV cache size|Maximum concurrency for/.test(line))
      .map((line) => line.replace(/^.*?\] /, ''));
  }

  /** The end of its log on one line. */
  lastLines() {
    const lines = readFileSync(this.log, 'utf8').trim().split('\n');
    const errors = lines.filter((line) => /Error\b/.test(line));
    return `${(errors.at(-1) ?? lines.at(-1) ?? '').trim()} (its log is ${this.log})`;
  }
}

/** Ends what lost its parent in a group that was started here. */
const endGroup = (leader) => signal(-leader, 'SIGKILL');

function environmentOf(replica) {
  const cores = os.cpus().length;
  const environment = {
    ...process.env,
    // The last core first: interrupts and shells prefer the first.
    VLLM_CPU_OMP_THREADS_BIND: String(cores - 1 - (replica % cores)),
    VLLM_CPU_KVCACHE_SPACE: '1',
    VLLM_NO_USAGE_STATS: '1',
    HF_HUB_OFFLINE: '1',
    // Compiling takes a minute a start and needs a compiler; a model of this size gains nothing.
    TORCHDYNAMO_DISABLE: '1',
  };
  // It would double the time of every start.
  delete environment.PYTHONDONTWRITEBYTECODE;
  return environment;
}
