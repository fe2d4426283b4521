// The processes of one engine: found from the first one down, signalled and ended by their ids.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';

/** Every process as `{ pid, parent, command }`, from `/proc`. */
function allProcesses() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // The name in brackets may hold spaces and brackets itself.
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(parent), command: command.trim() }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

/** A process and all that descend from it, parents first. Empty when it has ended. */
export function treeOf(pid) {
  const processes = allProcesses();
  const tree = processes.filter((entry) => entry.pid === pid);
  for (const member of tree) {
    tree.push(...processes.filter((entry) => entry.parent === member.pid));
  }
  return tree;
}

/** Sends a signal; a process that has ended meanwhile needs none. */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Whether a process still runs. */
export const isAlive = (pid) => allProcesses().some((entry) => entry.pid === pid);

/** Ends every process of the list at once; none is asked first. */
export function kill(pids) {
  for (const pid of pids) signal(pid, 'SIGKILL');
}

/** Asks the first process of a tree to end, and ends what is left of the tree after `graceMs`. */
export async function endTree(pid, graceMs = 15_000) {
  const pids = treeOf(pid).map((entry) => entry.pid);
  // A stopped process does not hear that it shall end.
  for (const member of pids) signal(member, 'SIGCONT');
  if (pids.length > 0) signal(pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (pids.some(isAlive) && Date.now() < deadline) await elapsed(100);
  kill(pids.filter(isAlive));
}
