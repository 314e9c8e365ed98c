import Table from 'cli-table3';
import colors from 'picocolors';

/** The services of the environment, with the port that the Compose file asks for and the one that each really has. */
export function servicesTable(services) {
  const head = ['service', 'kind', 'port in the file', 'real address', 'status'];
  const rows = services.map(({ name, kind, host, port, ports, status }) => [
    name,
    kind,
    ports[0]?.target ?? '',
    colors.bold(`${host}:${port}`),
    status === 'healthy' ? colors.green(status) : colors.red(status),
  ]);
  return draw(head, rows);
}

/** The suites, each of which was a Vitest process of its own, and what became of them. */
export function suitesTable(suites) {
  const head = ['suite', 'tests passed', 'tests failed', 'time', 'result'];
  const rows = suites.map(({ name, passed, failed, milliseconds }) => [
    name,
    passed,
    failed,
    `${milliseconds} ms`,
    failed === 0 ? colors.green('passed') : colors.red('failed'),
  ]);
  return draw(head, rows);
}

function draw(head, rows) {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}
