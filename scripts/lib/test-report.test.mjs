import { expect, test } from 'vitest';
import { countTests } from './test-report.mjs';

const file = (status, ...statuses) => ({
  status,
  assertionResults: statuses.map((each, index) => ({ status: each, fullName: `test ${index}` })),
});

test('countTests() counts what passed and failed, and names what was skipped', () => {
  const report = { testResults: [file('failed', 'passed', 'failed', 'pending'), file('passed', 'passed', 'todo')] };
  expect(countTests(report, 1)).toEqual({ passed: 2, failed: 1, skipped: ['test 2', 'test 1'] });
});

test('countTests() counts a file that could not be loaded as a failure', () => {
  expect(countTests({ testResults: [file('passed', 'passed'), file('failed')] }, 1)).toMatchObject({
    passed: 1,
    failed: 1,
  });
});

test('countTests() counts a run that failed outside of any test, or left no report, as a failure', () => {
  expect(countTests({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 });
  expect(countTests(undefined, 1)).toMatchObject({ passed: 0, failed: 1 });
});
