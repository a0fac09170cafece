import { fieldOf, toText, type Value } from "@/core/programs/json";

/**
 * Writes values into Markdown. Names and lines of a repository come from other people, so they must not break a table
 * or become HTML, images or disguised links in a report.
 */

/** Returns 1234567 as "1,234,567". */
export function asThousands(value: number): string {
  return value.toLocaleString("en-US");
}

/** Returns a number of bytes as "512 B", "1.5 KB", "20 MB"; 1 KB is 1,024 bytes. */
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

/** Returns a share as "12 %"; "0.4 %" below one per cent; "–" when the whole is 0. */
export function asPercent(part: number, whole: number): string {
  if (whole === 0) return "–";
  const share = (part / whole) * 100;
  if (share === 0) return "0 %";
  return share < 1 ? `${share < 0.1 ? "< 0.1" : share.toFixed(1)} %` : `${Math.round(share)} %`;
}

/** Returns "1 file" or "2 files"; without `many`, the plural is the singular with an s. */
export function asPlural(amount: number, singular: string, many?: Value): string {
  return `${asThousands(amount)} ${amount === 1 ? singular : toText(many ?? `${singular}s`)}`;
}

/** Returns text on one line that Markdown shows literally. */
export function asCell(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|~&#]/g, (char) => `\\${char}`);
}

/**
 * Returns text on one line as Markdown code, with any back quotes in it. Bars are escaped, because they separate table
 * cells.
 */
export function asCode(text: string): string {
  const line = oneLine(text).replaceAll("|", "\\|");
  if (line === "") return "";
  const fence = "`".repeat(Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  return line.startsWith("`") || line.endsWith("`") ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

function oneLine(text: string): string {
  // Control characters and text-direction marks in a file's name must not reach a page or a terminal.
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").trim();
}

/** Returns a Markdown table; each column is "field" or "field: Heading". Numbers are right-aligned, with separators. */
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
