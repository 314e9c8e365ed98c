import path from 'node:path';
import { expect, test } from 'vitest';
import { declarationsOf } from './declarations.mjs';

const files = {
  'index.d.ts': `import { type Inner } from './inner.js';
export { type Inner, make, make as create, } from './inner.js';
export type { Foreign } from 'elsewhere';
export { other, } from 'elsewhere';
/** What is kept. */
export declare class Kept {
    #private;
    private hidden;
    /** Ends it. */
    close(): void;
}
declare const setup: () => void;
export default setup;
`,
  'inner.d.ts': `/** Is not exported by the index. */
export declare const unused = "text", counted: (a: string) => Map<string, number>;
/**
 * Makes one.
 * Twice.
 */
export declare function make(name: string): Inner;
export declare function make(): Inner;
export interface Inner {
    readonly name: string;
}
`,
};
const read = (file) => files[path.basename(file)];

test('declarationsOf() follows what is exported to where it is declared', () => {
  const { own, foreign } = declarationsOf('dist/index.d.ts', read);
  expect(own.map(({ id, name, isType }) => [name, id, isType])).toEqual([
    ['Inner', 'dist/inner.d.ts#Inner', true],
    ['make', 'dist/inner.d.ts#make', false],
    ['create', 'dist/inner.d.ts#make', false],
    ['default', 'dist/index.d.ts#setup', false],
    ['Kept', 'dist/index.d.ts#Kept', false],
  ]);
  expect([...foreign]).toEqual([['elsewhere', ['Foreign', 'other']]]);
});

test('declarationsOf() gives docstrings and declarations, with every overload and without what is private', () => {
  const [, make, , , kept] = declarationsOf('dist/index.d.ts', read).own;
  expect(make).toMatchObject({
    documentation: 'Makes one.\nTwice.',
    code: 'function make(name: string): Inner;\nfunction make(): Inner;',
  });
  expect(kept).toMatchObject({
    documentation: 'What is kept.',
    code: 'class Kept {\n    /** Ends it. */\n    close(): void;\n}',
  });
});

test('declarationsOf() knows the constants of one statement', () => {
  const { own } = declarationsOf('dist/inner.d.ts', read);
  expect(own.map(({ name }) => name)).toEqual(['unused', 'counted', 'make', 'Inner']);
});

test('declarationsOf() says what it cannot find', () => {
  const broken = { 'index.d.ts': "export { gone } from './inner.js';\n", 'inner.d.ts': '' };
  expect(() => declarationsOf('index.d.ts', (file) => broken[file])).toThrow('Cannot find gone');
});
