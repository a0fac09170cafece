/** HTML whose values are escaped: only what `html` made is put in as it is. */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** `false`, `null` and `undefined` stand for nothing. */
export type Content = Html | string | number | boolean | null | undefined | Content[];

export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(parts.map((part, at) => part + (at < values.length ? textOf(values[at]) : "")).join(""));
}

function textOf(value: Content): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(textOf).join("");
  return value === false || value === null || value === undefined ? "" : escapeText(String(value));
}

const SIGNS: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}
