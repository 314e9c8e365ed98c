import Table from 'cli-table3';

/** Sets rows of a bench in a table for people. */
export function rowsTable(rows) {
  const table = new Table({
    head: ['what', 'value', 'against', 'ratio', 'target', 'met'],
    colAligns: ['left', 'right', 'left', 'right', 'right', 'left'],
    colWidths: [54, null, 40],
    wordWrap: true,
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
  });
  for (const { what, value, unit, against, ratio, target, met } of rows) {
    table.push([
      what,
      `${value} ${unit}`.trim(),
      against,
      ratio ?? '',
      target ?? '',
      met === null ? '' : met ? 'yes' : 'NO',
    ]);
  }
  return table.toString();
}
