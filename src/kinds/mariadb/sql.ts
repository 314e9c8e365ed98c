/** Puts a name in quotes. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** Puts a text in quotes. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Writes a database's name as `GRANT` wants it, where `_` and `%` are patterns. */
export function granted(database: string): string {
  return identifier(database.replaceAll('\\', '\\\\').replace(/[_%]/g, '\\$&'));
}
