// Prints `N passed, N failed` from vitest's JSON report; fails if a test, or a step around the tests, failed.
import { existsSync, readFileSync } from 'node:fs';

const [file = '', stepStatus = '1'] = process.argv.slice(2);
let [passed, failed, skipped] = [0, 0, 0];
if (existsSync(file)) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  passed = report.numPassedTests;
  skipped = report.numPendingTests + report.numTodoTests;
  // A file that fails to load has no test that failed.
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ suite) =>
      suite.status === 'failed' && suite.assertionResults.length === 0,
  ).length;
  failed = report.numFailedTests + broken;
}
// A failed step counts as one failure, so that the line never looks better than the run was.
if (Number(stepStatus) !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
