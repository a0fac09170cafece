/** Rows as RFC 4180 has them. */

/**
 * What a spreadsheet would take for a formula gets an apostrophe before it, as such programs themselves write text: whoever
 * opens the file must not run what somebody put into a name. Leading spaces do not hide it.
 */
const FORMULA = /^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

function cell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map((one) => (typeof one === "number" ? String(one) : cell(one))).join(",")}\r\n`;
}
