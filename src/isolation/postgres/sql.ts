/** A value in a row of a query; nothing counts as the empty text. */
type Cell = string | null | undefined;

/** Gives the text of a value in a row. */
export function textOf(cell: Cell): string {
  return cell ?? '';
}

/** Quotes a name for SQL. */
export function identifier(name: Cell): string {
  return `"${textOf(name).replaceAll('"', '""')}"`;
}

/** Quotes a text for SQL, whatever `standard_conforming_strings` says. */
export function literal(cell: Cell): string {
  const text = textOf(cell);
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
