import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { listenForInterrupts } from './interrupts.js';

class Source extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

test('the first signal aborts and sets the exit code, the second one ends the process', () => {
  const source = new Source();
  const interrupts = listenForInterrupts(source);
  source.emit('SIGTERM', 'SIGTERM');
  expect(interrupts.signal.reason).toMatchObject({ code: 'INTERRUPTED' });
  expect(interrupts.exitCode).toBe(143);
  expect(source.exits).toEqual([]);
  source.emit('SIGINT', 'SIGINT');
  expect(source.exits).toEqual([130]);
});

test('a redirected signal goes to the listener and aborts nothing', () => {
  const source = new Source();
  const interrupts = listenForInterrupts(source);
  const seen: string[] = [];
  const restore = interrupts.redirect((name) => seen.push(name));
  source.emit('SIGINT', 'SIGINT');
  restore();
  expect(seen).toEqual(['SIGINT']);
  expect(interrupts.signal.aborted).toBe(false);
  source.emit('SIGINT', 'SIGINT');
  expect(interrupts.signal.aborted).toBe(true);
});
