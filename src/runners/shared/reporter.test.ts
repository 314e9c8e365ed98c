import { expect, test } from 'vitest';
import { createReporter } from './reporter.js';

const cache = { service: 'cache', kind: 'redis', phase: 'ready', elapsedMs: 412 } as const;
const environment = { project: 'shop', runtime: 'docker' } as const;

test('tells each service that became ready once, and the whole, when this run started them', () => {
  const lines: string[] = [];
  const reporter = createReporter((line) => lines.push(line));
  reporter.onProgress({ ...cache, phase: 'starting' });
  reporter.onProgress(cache);
  reporter.onAttached({ started: true });
  reporter.onProgress(cache);
  reporter.onProgress({
    service: 'migrate',
    kind: 'worker',
    phase: 'completed',
    detail: 'exit code 0',
    elapsedMs: 1300,
  });
  reporter.done(environment, 1500);
  expect(lines).toEqual([
    'portside: cache ready in 412 ms',
    'portside: migrate completed in 1.3 s (exit code 0)',
    "portside: environment 'shop' ready in 1.5 s (docker, 2 services)",
  ]);
});

test('tells how long a service itself took, once, where it says so', () => {
  const lines: string[] = [];
  const reporter = createReporter((line) => lines.push(line));
  reporter.onAttached({ started: true });
  reporter.onProgress({ ...cache, detail: 'in 93 ms' });
  expect(lines).toEqual(['portside: cache ready in 93 ms']);
});

test('tells only the whole when the environment was up', () => {
  const lines: string[] = [];
  const reporter = createReporter((line) => lines.push(line));
  reporter.onProgress(cache);
  reporter.onAttached({ started: false });
  reporter.onProgress({ ...cache, service: 'other' });
  reporter.done(environment, 20);
  expect(lines).toEqual(["portside: environment 'shop' joined (docker, 2 services)"]);
});

test('tells warnings with their place', () => {
  const lines: string[] = [];
  const reporter = createReporter((line) => lines.push(line));
  reporter.onWarning({
    code: 'X',
    message: 'logging is not carried out.',
    position: { file: 'compose.yaml', line: 3 },
  });
  reporter.onWarning({ code: 'X', message: 'no place.' });
  expect(lines).toEqual([
    'portside: warning: logging is not carried out. (compose.yaml:3)',
    'portside: warning: no place.',
  ]);
});
