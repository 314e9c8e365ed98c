/**
 * Counts the tests of a Vitest JSON report: `{ passed, failed, skipped }`, `skipped` being their names. A file that could
 * not be loaded, a missing report, and a run that failed outside of any test each count as one failure.
 */
export function countTests(report, exitCode) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const count = (status) => tests.filter((test) => test.status === status).length;
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some(isFailed)).length;
  const failed = count('failed') + broken;
  return {
    passed: count('passed'),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName),
  };
}

function isFailed(test) {
  return test.status === 'failed';
}
