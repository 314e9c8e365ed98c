import { setTimeout as sleep } from 'node:timers/promises';
import { memoryOf } from './process-usage.mjs';
import { row } from './row.mjs';

const marks = [1000, 2500, 5000, 10000];

/** Leases and releases a database 10,000 times, four at a time, and gives the agent's resident memory on the way, each time after a rest. */
export async function leaseMemory(env, lease, say) {
  const memory = [];
  let taken = 0;
  for (const mark of marks) {
    say(`the agent's memory after ${mark} leases`);
    const loop = async () => {
      while (taken < mark) {
        taken += 1;
        await (await lease()).release();
      }
    };
    await Promise.all(Array.from({ length: 4 }, loop));
    await sleep(5000);
    memory.push(memoryOf(env.agentPid));
  }
  const at = (count) => memory[marks.indexOf(count)];
  return [
    ...marks.map((count) =>
      row({
        id: `leases.memory.${count}`,
        what: `resident memory of the agent after ${count.toLocaleString('en')} leases`,
        value: at(count),
        unit: 'MB',
      }),
    ),
    row({
      id: 'leases.memory.growth',
      what: 'its growth from 2,500 to 10,000 leases',
      value: at(10000) - at(2500),
      unit: 'MB',
      limit: 10,
    }),
  ];
}
