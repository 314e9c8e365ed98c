// Loaded by the programs that tests start in coverage runs: Vitest ends its workers by SIGTERM, at which Node writes no coverage down.
if (/vitest[\\/]dist[\\/]workers[\\/]forks\.js$/.test(process.argv[1] ?? ''))
  process.once('SIGTERM', () => process.exit());
