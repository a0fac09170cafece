import { fieldOf, toText, type Value } from "./value";

/**
 * Writing values into Markdown. Names and lines of a repository are other people's text: they must not break a table,
 * and must not become HTML, images or links under another name in a report.
 */

/** 1234567 as "1,234,567". */
export function asThousands(value: number): string {
  return value.toLocaleString("en-US");
}

/** A number of bytes as "512 B", "1.5 KB", "20 MB"; 1 KB is 1,024 bytes. */
export function asSize(sizeBytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let size = sizeBytes;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  const digits = unit > 0 && Math.abs(size) < 10 ? 1 : 0;
  return `${size.toFixed(digits).replace(/\.0$/, "")} ${units[unit]}`;
}

/** A share as "12 %"; "0.4 %" below one per cent; "–" of nothing. */
export function asPercent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const share = (part / whole) * 100;
  if (share === 0) return "0 %";
  return share < 1 ? `${share < 0.1 ? "< 0.1" : share.toFixed(1)} %` : `${Math.round(share)} %`;
}

/** "1 file", "2 files"; the plural is the singular with an s unless it is given. */
export function asPlural(amount: number, one: string, many?: Value): string {
  return `${asThousands(amount)} ${amount === 1 ? one : toText(many ?? `${one}s`)}`;
}

/** Text on one line that Markdown shows as it is. */
export function asCell(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|~&#]/g, (char) => `\\${char}`);
}

/** Text on one line as Markdown code, whatever back quotes it holds; a bar is escaped, because in a table it parts cells. */
export function asCode(text: string): string {
  const line = oneLine(text).replaceAll("|", "\\|");
  if (line === "") return "";
  const fence = "`".repeat(Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  return line.startsWith("`") || line.endsWith("`") ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

function oneLine(text: string): string {
  // Control characters of a file's name, and those that turn the writing round, must not reach a page or terminal.
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}

/** A Markdown table; each column is "field" or "field: Heading". Numbers stand right, with separators. */
export function asTable(rows: Value[], columns: string[]): string {
  const parsed = columns.map((column) => {
    const [field = "", heading = field] = column.split(/\s*:\s*/, 2);
    const values = rows.map((row) => fieldOf(row, field));
    return { heading, values, numeric: values.length > 0 && values.every((value) => typeof value === "number") };
  });
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const cell = (value: Value) => (typeof value === "number" ? asThousands(value) : asCell(toText(value)));
  return [
    line(parsed.map(({ heading }) => asCell(heading))),
    line(parsed.map(({ numeric }) => (numeric ? "---:" : "---"))),
    ...rows.map((_row, index) => line(parsed.map(({ values }) => cell(values[index] ?? null)))),
  ].join("\n");
}
