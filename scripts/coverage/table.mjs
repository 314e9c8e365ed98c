import path from 'node:path';
import Table from 'cli-table3';
import coverage from 'istanbul-lib-coverage';

/** A table of the shares of lines and branches that ran: the folders below `src`, all of it, and the files that miss the most. */
export function coverageTable(map, root, worst = 15) {
  const source = path.join(root, 'src');
  const rows = map.files().map((file) => {
    const name = path.relative(source, file);
    return { name, folder: path.dirname(name).split(path.sep)[0], summary: map.fileCoverageFor(file).toSummary() };
  });
  const folders = [...new Set(rows.map(({ folder }) => folder))].filter((folder) => folder !== '.').sort();
  const table = new Table({
    head: ['src', 'lines', '', 'branches', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    chars: { 'left-mid': '', mid: '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const folder of folders) table.push(row(`${folder}/`, sumOf(rows.filter((each) => each.folder === folder))));
  table.push(row('all', sumOf(rows)));
  const missing = rows.filter(({ summary }) => missed(summary) > 0);
  missing.sort((one, other) => missed(other.summary) - missed(one.summary) || one.name.localeCompare(other.name));
  for (const { name, summary } of missing.slice(0, worst)) table.push(row(name, summary));
  return table.toString();
}

/** What is below the wanted share of lines or branches, in words; empty where nothing is. */
export function shortfalls(map, wanted) {
  const summary = map.getCoverageSummary();
  return ['lines', 'branches']
    .filter((part) => summary[part].pct < wanted)
    .map((part) => `${summary[part].pct} % of ${part} ran, wanted are ${wanted} %`);
}

function row(name, { lines, branches }) {
  const cells = [lines, branches].flatMap(({ pct, covered, total }) => [`${pct} %`, `${covered}/${total}`]);
  return [name, ...cells];
}

function missed({ lines, branches }) {
  return lines.total - lines.covered + (branches.total - branches.covered);
}

function sumOf(rows) {
  const sum = coverage.createCoverageSummary();
  for (const { summary } of rows) sum.merge(summary);
  return sum;
}
