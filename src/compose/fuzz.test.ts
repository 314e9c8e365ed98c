import { expect, test } from 'vitest';
import { loadFiles } from '../../test/support/compose-files.js';
import { PortsideError } from '../model/index.js';
import { composeDefinition } from './index.js';

const seeds = [
  `name: \${N:-shop}
x-base: &base {image: "redis:\${TAG:-7}", restart: always}
services:
  a:
    <<: *base
    command: redis-server --save "" --appendonly no
    ports: ["127.0.0.1:6379-6380:6379-6380/tcp", {target: 80, published: "8080"}]
    volumes: ["data:/data:ro", "./x:/y", {type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 0440}}]
    environment: {A: "\${X:?no}", B: , C: 3.10}
    healthcheck: {test: [CMD, redis-cli, ping], interval: 1m30s, retries: 3}
    depends_on: {b: {condition: service_healthy, required: false}}
    deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 64M}}}
    labels: [portside.kind=redis, "portside.wait.log=ready .*"]
    x-portside: {embedded: {command: "redis-server --port 0", cwd: ./srv}, ports: {main: 6379}}
  b:
    extends: {service: a, file: other.yaml}
    build: {context: ., args: [A=b, C], ssh: [default], ulimits: {nofile: {soft: 1, hard: 2}}}
    networks: {front: {aliases: [x], ipv4_address: 10.0.0.2}}
    secrets: [{source: s, mode: 0400}]
    env_file: [{path: e.env, required: false, format: raw}]
    extra_hosts: {h: [1.1.1.1, "[::1]"]}
networks: {front: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}
volumes: {data: }
secrets: {s: {environment: S}}
`,
  'services:\n  a:\n    extends: b\n    ports: !override ["80"]\n  b:\n    image: !reset b\n    build: .\n    tmpfs: /run:size=1m\n',
];

const pieces = [
  '${',
  '}',
  '$$',
  '${A:-',
  ':?',
  '&a ',
  '*a',
  '<<: ',
  '!reset ',
  '!override ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '\n',
  '\n  ',
  ': ',
  '- ',
  '|',
  '>',
  '#',
  '---\n',
  '0440',
  '1e400',
  '-1',
  '99999999999999999999',
  'null',
  'true',
  '\t',
  '\u0000',
  '\ud800',
  '__proto__: ',
  'constructor',
  '1-65535:1-65535',
  'a:b:c:d:e',
  '%',
  '@',
  '?',
  'x-',
  'services',
  'include: [other.yaml]\n',
  'extends: a\n',
  'portside.port.x=99999',
  '-'.repeat(50),
  '$('.repeat(20),
];

/** A small generator of random numbers that gives the same sequence for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(text: string, random: (below: number) => number): string {
  let result = text;
  for (let count = 1 + random(4); count > 0; count -= 1) {
    const at = random(result.length + 1);
    const length = random(3) === 0 ? random(40) : random(3);
    const piece =
      random(3) === 0
        ? result.slice(random(result.length), random(result.length))
        : (pieces[random(pieces.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + length);
  }
  return result;
}

test('files mutated at random load, or fail with a PortsideError', () => {
  const random = randomFrom(20_240_607);
  const until = performance.now() + 3000;
  let loaded = 0;
  let refused = 0;
  for (let round = 0; round < 3000 && performance.now() < until; round += 1) {
    const text = mutate(seeds[round % seeds.length] ?? '', random);
    const files = {
      '/project/compose.yaml': text,
      '/project/other.yaml': mutate(seeds[(round + 1) % seeds.length] ?? '', random),
      '/project/.env': mutate('A=1\nX="a $A"\nS=s # c\n', random),
    };
    try {
      composeDefinition(loadFiles(files, { environment: { X: 'x' } }));
      loaded += 1;
    } catch (error) {
      if (!PortsideError.is(error))
        throw new Error(`Round ${round} crashed on ${JSON.stringify(files)}`, { cause: error });
      refused += 1;
    }
  }
  expect(loaded).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
