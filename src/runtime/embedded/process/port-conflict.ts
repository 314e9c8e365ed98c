const taken =
  /EADDRINUSE|address (is )?already in use|address in use|port \d+ is (already )?(in use|allocated|taken)|only one usage of each socket address/i;

/**
 * Tells whether a program says that one of its ports is taken. A line that names other ports only does not count: another
 * port for us would not help.
 */
export function reportsPortTaken(lines: readonly string[], ports: readonly number[]): boolean {
  return lines.some((line) => {
    if (!taken.test(line)) return false;
    const named = [...line.matchAll(/(?:port |:)(\d{4,5})(?!\d)/g)].map((match) => Number(match[1]));
    return named.length === 0 || named.some((port) => ports.includes(port));
  });
}
