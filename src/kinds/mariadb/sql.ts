/** A value in a row of a query; nothing counts as the empty text. */
type Cell = string | null | undefined;

/** Puts a name in quotes. */
export function identifier(name: Cell): string {
  return `\`${textOf(name).replaceAll('`', '``')}\``;
}

/** Puts a text in quotes. */
export function literal(text: Cell): string {
  return `'${textOf(text).replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Gives the text of a value in a row. */
export function textOf(cell: Cell): string {
  return cell ?? '';
}

/** Writes a database's name as `GRANT` wants it, where `_` and `%` are patterns. */
export function granted(database: string): string {
  return identifier(database.replaceAll('\\', '\\\\').replace(/[_%]/g, '\\$&'));
}
