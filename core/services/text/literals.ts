/** Values and strangers' texts as parts of TypeScript code: always data, never code. */

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Returns an expression with this value. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).flatMap(([name, part]) =>
      part === undefined ? [] : [`${propertyKey(name)}: ${literal(part)}`],
    );
    return `{ ${parts.join(", ")} }`;
  }
  return typeof value === "string" ? textLiteral(value) : String(JSON.stringify(value) ?? "undefined");
}

export function textLiteral(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (sign) => {
    return `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** `__proto__` written plainly would set the object's prototype. */
export function propertyKey(name: string): string {
  if (name === "__proto__") return '["__proto__"]';
  return IDENTIFIER.test(name) ? name : textLiteral(name);
}

/** Returns `query.limit`, or `query["page-size"]`. */
export function member(object: string, name: string): string {
  return IDENTIFIER.test(name) ? `${object}.${name}` : `${object}[${textLiteral(name)}]`;
}

/** Returns the text as it can stand in a comment of one line. */
export function commentText(text: string): string {
  const plain = text.replaceAll("*/", "* /").replaceAll("/*", "/ *").trim();
  return plain === "" || /[.!?]$/.test(plain) ? plain : `${plain}.`;
}

/** Returns the text as it can stand in a paragraph or a cell of Markdown. */
export function inMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|!~]/g, (sign) => `\\${sign}`);
}

/** Returns the text as code in Markdown. */
export function markdownCode(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

/** Returns `limit` for a part whose value is a variable of its name, or else `limit: value`. */
export function part(name: string, value: string): string {
  const isVariable = IDENTIFIER.test(value) && !["true", "false", "null", "undefined"].includes(value);
  return name === value && isVariable ? value : `${propertyKey(name)}: ${value}`;
}
