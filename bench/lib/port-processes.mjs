import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const worker = fileURLToPath(new URL('./port-worker.mjs', import.meta.url));

/**
 * Starts processes that pick ports at the same time and bind each a little later. `module`: what is imported there;
 * `picker`: `portside` or `get-port`. `run({ how, rounds, waitMs })` lets all of them together do so
 * many rounds and resolves to `{ rounds, duplicates, failures }`: how often a port was somebody's while somebody else
 * still had it, and how often which error code met the one who bound it.
 */
export async function portProcesses({ count = 8, ...argument }) {
  const children = Array.from({ length: count }, () => fork(worker, [JSON.stringify(argument)]));
  const close = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  try {
    await Promise.all(children.map(answer));
  } catch (error) {
    close();
    throw error;
  }
  const run = async ({ how = {}, rounds, waitMs = 5 }) => {
    const answers = children.map(answer);
    for (const child of children) child.send({ how, rounds: Math.ceil(rounds / count), waitMs });
    const results = await Promise.all(answers);
    return {
      rounds: Math.ceil(rounds / count) * count,
      duplicates: overlaps(results.flatMap(({ held }) => held)),
      failures: sum(results.map(({ failures }) => failures)),
    };
  };
  return { run, close };
}

function answer(child) {
  return new Promise((resolve, reject) => {
    const ended = (code, signal) => reject(new Error(`a process that picks ports ended: ${code ?? signal}`));
    child.once('exit', ended).once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

function overlaps(held) {
  const until = new Map();
  let count = 0;
  for (const [port, from, to] of held.sort(([, a], [, b]) => a - b)) {
    if (from < (until.get(port) ?? 0)) count++;
    until.set(port, Math.max(to, until.get(port) ?? 0));
  }
  return count;
}

function sum(counts) {
  const total = {};
  for (const [code, count] of counts.flatMap(Object.entries)) total[code] = (total[code] ?? 0) + count;
  return total;
}
