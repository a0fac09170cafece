/** Texts for schemas of the type string: typical ones, and those at the limits. */
import fc from "fast-check";
import type { SchemaNode } from "@/core/contract/contract";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";

/** A longer text is not sent: it would test the network, not the service. */
const LONGEST = 20_000;
const TYPICAL = 12;
const EMOJI = "😀";

/** One code point each, because schemas count those. */
const CHARACTERS = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyzABC0123456789") },
  { weight: 2, arbitrary: fc.constantFrom(" ", "-", "_", ".", "'", '"', "\\", "<", "&", "%", "/", "{", "\n", "\t") },
  { weight: 1, arbitrary: fc.constantFrom("é", "ß", "İ", "中", "ع", "\u0301", EMOJI, "\u{1f469}") },
);
const PLAIN = fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz0123456789");

const DAY = fc.date({ min: new Date("1970-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });

/** fast-check's own addresses take a second to prepare. */
const ADDRESS = fc.array(PLAIN, { maxLength: 10 }).map((path) => `https://example.com/${path.join("")}`);

const FORMATS: Record<string, fc.Arbitrary<string>> = {
  "date-time": DAY.map((day) => day.toISOString()),
  date: DAY.map((day) => day.toISOString().slice(0, 10)),
  time: DAY.map((day) => `${day.toISOString().slice(11, 19)}Z`),
  duration: fc.constantFrom("P1D", "PT1H", "P1Y2M"),
  email: fc.array(PLAIN, { minLength: 1, maxLength: 10 }).map((name) => `${name.join("")}@example.com`),
  hostname: fc.constantFrom("example.com", "a.example.org"),
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
  uri: ADDRESS,
  url: ADDRESS,
  "uri-reference": ADDRESS,
  uuid: fc.uuid(),
  byte: fc.base64String(),
};

const CORNERS: Record<string, string[]> = {
  "date-time": ["2024-02-29T23:59:59Z", "1999-12-31T23:59:59.999+14:00"],
  date: ["2024-02-29"],
  email: ["a+b.c@example.com"],
};

interface Lengths {
  least: number;
  most: number;
}

function lengthsOf({ minLength, maxLength }: SchemaNode): Lengths {
  const least = typeof minLength === "number" ? minLength : 0;
  return { least, most: typeof maxLength === "number" ? maxLength : Number.POSITIVE_INFINITY };
}

/** `isPlain`: for a path or a header, where only some characters can be sent. */
export function texts(node: SchemaNode, isPlain: boolean): fc.Arbitrary<string> {
  const format = formatOf(node);
  if (format) return format;
  if (typeof node.pattern === "string") return matching(node.pattern);
  const { least, most } = lengthsOf(node);
  const minLength = Math.min(isPlain ? Math.max(least, 1) : least, LONGEST);
  const maxLength = Math.max(minLength, Math.min(most, minLength + TYPICAL));
  return fc.array(isPlain ? PLAIN : CHARACTERS, { minLength, maxLength }).map((parts) => parts.join(""));
}

function formatOf({ format, pattern }: SchemaNode): fc.Arbitrary<string> | undefined {
  if (typeof format !== "string" || typeof pattern === "string") return undefined;
  return Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
}

/** Texts at the limits of length: an emoji there has more bytes, and more units of UTF-16, than it has characters. */
export function textCorners(node: SchemaNode, isPlain: boolean): string[] {
  if (typeof node.format === "string" && Object.hasOwn(CORNERS, node.format)) return CORNERS[node.format] ?? [];
  if (formatOf(node) || typeof node.pattern === "string") return [];
  const { least, most } = lengthsOf(node);
  const corners = [plain(Math.max(least, isPlain ? 1 : 0))];
  if (!isPlain && least > 0) corners.push(`${plain(least - 1)}${EMOJI}`);
  if (most >= 1 && most <= LONGEST) {
    corners.push(plain(most));
    if (!isPlain) corners.push(`${plain(most - 1)}${EMOJI}`, EMOJI.repeat(most));
  } else if (!isPlain) corners.push(EMOJI, "null", "0", " ");
  return [...new Set(corners)].filter((text) => [...text].length >= least);
}

function plain(length: number): string {
  return "a".repeat(Math.min(length, LONGEST));
}

/** A text that is one character too long or too short; null where the schema has no such limit. */
export function beyondLengths(node: SchemaNode): { tooLong: string | null; tooShort: string | null } {
  const { least, most } = lengthsOf(node);
  return {
    tooLong: most < LONGEST ? "a".repeat(most + 1) : null,
    tooShort: least > 0 && least < LONGEST ? plain(least - 1) : null,
  };
}

const LONGEST_PATTERN = 1_000;

/** Preparing one takes fast-check some milliseconds, and a document uses the same patterns again and again. */
const prepared = new Map<string, fc.Arbitrary<string>>();
const MOST_PREPARED = 500;

function matching(pattern: string): fc.Arbitrary<string> {
  const known = prepared.get(pattern) ?? prepareMatching(pattern);
  if (prepared.size >= MOST_PREPARED) prepared.clear();
  prepared.set(pattern, known);
  return known;
}

/** A pattern that cannot be used to make texts yields texts that do not match, which are never sent as valid. */
function prepareMatching(pattern: string): fc.Arbitrary<string> {
  const none = fc.constant("");
  if (pattern.length > LONGEST_PATTERN) return none;
  try {
    const made = fc.stringMatching(new RegExp(pattern, "u"));
    // A pattern may ask for texts without end.
    const tried = inBoundedTime(() => fc.sample(made, { seed: 1, numRuns: 5 }), 500);
    return tried?.result.every((text) => text.length <= LONGEST) ? made : none;
  } catch {
    return none;
  }
}
