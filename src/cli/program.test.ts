import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { CliContext } from './context.js';
import { parseCommandLine } from './program.js';

const interrupts = { signal: new AbortController().signal, exitCode: 130, redirect: () => () => {} };

function parse(...argv: string[]) {
  const stdout = new PassThrough();
  const context: CliContext = {
    cwd: '/',
    environment: {},
    stdout,
    stderr: new PassThrough(),
    interrupts,
    now: () => 0,
  };
  return { command: parseCommandLine(argv, context), printed: String(stdout.read() ?? '') };
}

test('options may stand before and after the command; lists add up', () => {
  const { command } = parse('--file', 'a.yaml', 'up', '-f', 'b.yaml', '--detach', '--keep-warm', '5m', '--json');
  expect(command?.options).toEqual({ file: ['a.yaml', 'b.yaml'], detach: true, keepWarm: 300_000, json: true });
});

test('run keeps everything from its command on for the command, with -- and without', () => {
  for (const separator of [['--'], []]) {
    const { command } = parse('run', '--env', 'A={x.port}', ...separator, 'npm', 'test', '--', '--json', '--file', 'x');
    expect(command?.args).toEqual(['npm', 'test', '--', '--json', '--file', 'x']);
    expect(command?.options).toEqual({ env: ['A={x.port}'] });
  }
});

test('arguments of other commands are checked', () => {
  expect(parse('logs', 'api', '--tail', '5').command).toMatchObject({ args: ['api'], options: { tail: 5 } });
  expect(parse('discover', 'api').command?.args).toEqual(['api']);
  expect(() => parse('discover')).toThrow(/missing required argument 'name'/);
  expect(() => parse('down', 'extra')).toThrow(/too many arguments/);
  expect(() => parse('up', 'api')).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(/^Services are not picked here.*--profile/) }),
  );
  expect(() => parse('run')).toThrow(/missing required argument 'command'/);
  expect(() => parse('logs', '--tail', '-1')).toThrow(/whole number/);
});

test('slips are answered with the nearest command, option or choice', () => {
  expect(() => parse('pln')).toThrow(/Did you mean plan\?/);
  expect(() => parse('up', '--fiel', 'x')).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: 'Did you mean --file? See portside up --help.' }),
  );
  expect(() => parse('up', '--runtime', 'podman')).toThrow(/Allowed choices are auto, docker, embedded/);
  expect(() => parse('up', '--keep-warm', 'long')).toThrow(/duration such as '90s'/);
});

test.each(['run', 'discover', 'cache'])('%s without its argument is answered with an example', (command) => {
  const hint = expect.stringMatching(`^Write for example portside ${command} .+ See portside ${command} --help\\.$`);
  expect(() => parse(command)).toThrow(expect.objectContaining({ code: 'USAGE', hint }));
});

test('help and version print and ask for nothing', () => {
  expect(() => parse('--help')).toThrow(expect.objectContaining({ exitCode: 0 }));
  expect(() => parse('up', '--help')).toThrow(expect.objectContaining({ exitCode: 0 }));
  expect(() => parse('up', '--version')).toThrow(/unknown option/);
});

test('durations are whole milliseconds', () => {
  expect(parse('registry', '--ttl', '2.05m').command?.options).toEqual({ ttl: 123_000 });
  expect(parse('up', '--keep-warm', '1us').command?.options).toEqual({ keepWarm: 1 });
});
