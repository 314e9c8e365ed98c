/** Prints one line saying what a script is about to do or has found. */
export function say(text) {
  process.stdout.write(`portside: ${text}\n`);
}

/** A failure that the person running the script can act on: what could not be done, and what to do next. */
export class ScriptError extends Error {
  constructor(message, hint) {
    super(message);
    this.name = 'ScriptError';
    this.hint = hint;
  }
}

/** Runs a script's main function; a failure is printed with its hint and ends the process with exit code 1. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    const known = error instanceof ScriptError;
    process.stderr.write(`portside: ${known ? error.message : (error?.stack ?? error)}\n`);
    if (known && error.hint) process.stderr.write(`portside: what to do: ${error.hint}\n`);
    process.exitCode = 1;
  }
}
