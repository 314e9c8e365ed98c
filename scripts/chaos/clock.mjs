import { createInterface } from 'node:readline';

/** Gives a clock that jumps when standard input says so: `jump 3600000`. Other lines go to `onLine`. */
export function startClock(onLine = () => {}) {
  let ahead = 0;
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line.startsWith('jump ')) ahead += Number(line.slice(5));
    else onLine(line);
  });
  return () => Date.now() + ahead;
}
