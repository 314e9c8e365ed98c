import { expect, test } from 'vitest';
import { setVariables } from './process-variables.js';

test('sets the variables and puts the earlier values there again, once', () => {
  const target: Record<string, string | undefined> = { KEPT: 'a', CHANGED: 'b' };
  const restore = setVariables(target, { CHANGED: 'c', NEW: 'd' });
  expect(target).toEqual({ KEPT: 'a', CHANGED: 'c', NEW: 'd' });
  restore();
  expect(target).toEqual({ KEPT: 'a', CHANGED: 'b' });
  target['CHANGED'] = 'later';
  restore();
  expect(target['CHANGED']).toBe('later');
});
