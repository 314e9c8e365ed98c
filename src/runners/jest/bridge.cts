import type * as Native from './native.js' with { 'resolution-mode': 'import' };

// Jest runs tests in contexts of their own, whose `require` and `import` cannot load ES modules without flags. The process of
// the main context can: there this package is loaded once for each process, however many test files ask for it.
const { runInThisContext } = require('node:vm') as typeof import('node:vm');
const { createRequire } = (runInThisContext('process') as NodeJS.Process).getBuiltinModule('node:module');
const native = createRequire(__filename)('./native.js') as typeof Native;
const { createSetup, globalSetup, globalTeardown } = native;

/** What Jest's `expect` knows of the test that runs; this module is loaded once in the context of each test file. */
const { expect } = globalThis as { expect?: { getState(): { testPath?: string; currentTestName?: string } } };

/**
 * Gives the environment that the setup started, with the slices of this test file. Clients opened through it close with the
 * file and do not keep the process alive. Errors: `NO_ENVIRONMENT`, `ENVIRONMENT_STOPPED`.
 */
function getEnvironment(): ReturnType<typeof native.environmentOfTest> {
  const { testPath, currentTestName } = expect?.getState() ?? {};
  return native.environmentOfTest(testPath, currentTestName);
}

// @ts-expect-error: the only typed export that a CommonJS file has; nothing strips the types of this file without compiling it.
export = { createSetup, getEnvironment, globalSetup, globalTeardown };
