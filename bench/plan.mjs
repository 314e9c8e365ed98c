import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedStack } from './lib/generated-stack.mjs';
import { row } from './lib/row.mjs';
import { timePrograms } from './lib/time-programs.mjs';

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const demo = fileURLToPath(new URL('../compose/stack.yaml', import.meta.url));
const sizes = [10, 30, 100, 300, 1000];

/** Times `portside --version` and `portside plan` as whole processes, beside an empty Node program. */
export async function bench(say, { rounds = 15 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'portside-bench-'));
  try {
    const empty = join(folder, 'empty.cjs');
    writeFileSync(empty, '');
    const files = Object.fromEntries(sizes.map((size) => [size, join(folder, `${size}.yaml`)]));
    for (const size of sizes) writeFileSync(files[size], generatedStack(size));
    say(`${rounds} rounds of --version and of plan with the demo stack`);
    const small = timePrograms(
      { empty: [empty], version: [cli, '--version'], plan: [cli, 'plan', '--file', demo] },
      { rounds, cwd: folder },
    );
    say(`${rounds} rounds of plan with ${sizes.join(', ')} services`);
    const large = timePrograms(
      {
        empty: [empty],
        ...Object.fromEntries(sizes.map((size) => [size, [cli, 'plan', '--json', '--file', files[size]]])),
      },
      { rounds, cwd: folder },
    );
    return [...overheadRows(small), ...sizeRows(large), growthRow(large)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function overheadRows({ empty, version, plan }) {
  const against = `an empty Node program, ${Math.round(empty)} ms`;
  const beside = { unit: 'ms more', against, floor: empty };
  return [
    row({
      id: 'plan.version',
      what: 'portside --version',
      value: version - empty,
      whole: version,
      limit: 60,
      ...beside,
    }),
    row({
      id: 'plan.demo',
      what: 'portside plan, demo stack',
      value: plan - empty,
      whole: plan,
      limit: 150,
      ...beside,
    }),
  ];
}

function sizeRows(times) {
  const against = `an empty Node program, ${Math.round(times.empty)} ms`;
  return sizes.map((size) =>
    row({
      id: `plan.services.${size}`,
      what: `portside plan, ${size} services`,
      value: times[size],
      unit: 'ms',
      against,
      floor: times.empty,
      limit: size === 300 ? 1000 : undefined,
    }),
  );
}

/** One more service costs the same in a large file as in a small one. */
function growthRow(times) {
  const small = (times[300] - times[100]) / 200;
  const large = (times[1000] - times[300]) / 700;
  return row({
    id: 'plan.growth',
    what: 'cost of one more service, 300 to 1000 by 100 to 300',
    value: large / small,
    unit: 'times',
    against: `${small.toFixed(2)} ms, 100 to 300`,
    limit: 1.5,
  });
}
