/** CSV rows as in RFC 4180. */

/**
 * Matches text that a spreadsheet would run as a formula, also after leading spaces. Such cells get an apostrophe, so
 * that opening the file does not run a formula that somebody put into a name.
 */
const FORMULA = /^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

function cell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map((value) => (typeof value === "number" ? String(value) : cell(value))).join(",")}\r\n`;
}
