import { expect, test } from 'vitest';
import { knownServices } from './known-services.js';

test('knownServices lists the names, and offers the one that is nearest', () => {
  expect(knownServices('cash', ['db', 'cache'])).toBe("Did you mean 'cache'? Known services: db, cache.");
  expect(knownServices('search', ['db', 'cache'])).toBe('Known services: db, cache.');
  expect(knownServices('search', [])).toBe('Known services: none.');
});
