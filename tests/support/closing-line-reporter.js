/** Ends a test run with `N passed, N failed`, which people and machines can both read. */
// biome-ignore lint/style/noDefaultExport: Jest loads a reporter by its default export
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const crashed = results.testResults.filter((suite) => suite.testExecError && suite.numFailingTests === 0).length
    const skipped = results.numPendingTests + results.numTodoTests
    const line = `${results.numPassedTests} passed, ${results.numFailedTests + crashed} failed`
    process.stdout.write(`\n${line}${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  }
}
