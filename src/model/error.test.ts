import { expect, test } from 'vitest';
import { PortsideError } from './error.js';

test('an error keeps all that it says on its way from one process to another', () => {
  const inner = new PortsideError('SERVICE_EXITED', 'Cannot start service a.', { service: 'a', logs: ['one', 'two'] });
  for (const position of [{ file: 'f' }, { file: 'f', line: 2 }, { file: 'f', line: 2, column: 3 }]) {
    const error = new PortsideError('COMPOSE_INVALID', 'Cannot use it.', {
      hint: 'Mend it.',
      position,
      errors: [inner],
    });
    const copy = PortsideError.fromJSON(JSON.parse(JSON.stringify(error)));
    expect(PortsideError.is(copy)).toBe(true);
    expect(copy.toJSON()).toEqual(error.toJSON());
    expect(copy).toMatchObject({ code: 'COMPOSE_INVALID', hint: 'Mend it.', position });
    expect(copy.errors).toMatchObject([{ code: 'SERVICE_EXITED', service: 'a', logs: ['one', 'two'] }]);
  }
  const bare = PortsideError.fromJSON(JSON.parse(JSON.stringify(new PortsideError('USAGE', 'x'))));
  expect(bare).toMatchObject({ hint: undefined, service: undefined, position: undefined, logs: [], errors: [] });
});

test('an error without a hint of its own has the usual one of its code, also after its way', () => {
  const error = new PortsideError('INTERNAL', 'x');
  expect(error.hint).toContain('please report it');
  expect(PortsideError.fromJSON(error.toJSON()).hint).toBe(error.hint);
  expect(new PortsideError('INTERNAL', 'x', { hint: 'Wait.' }).hint).toBe('Wait.');
});
