// A setup file of Vitest in coverage runs: every Node process that a test starts from here on writes down at its end what of its code has
// run. The variable is set no earlier, so that Vitest's own workers, which count by themselves, do not count twice; Node hands it on to
// every child, whatever environment the child is given.
process.env.NODE_V8_COVERAGE = process.env.PORTSIDE_COVERAGE;
