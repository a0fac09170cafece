/** The forms of a secret in a text: unchanged, and as programs print it. */
import { unitsOf } from "./scan";
import { squeeze } from "./squeeze";

/** A shorter value would also match ordinary words. */
export const LEAST_SEARCHED = 8;
/** A longer value is also searched in pieces of this length, because such a piece reveals it. */
const PIECE = 256;
/** Redaction's own output must not match. */
const OWN_WORDS = "[redacted: ]";

/** Returns every form to search in a plain text, without repetition; none for a value that is too short. */
export function formsOf(value: string): string[] {
  const plain = value.trim();
  if (plain.length < LEAST_SEARCHED || OWN_WORDS.includes(plain)) return [];
  const bytes = Buffer.from(plain);
  const json = JSON.stringify(plain).slice(1, -1);
  const ascii = json.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const hex = bytes.toString("hex");
  const forms = [
    plain,
    ...base64Of(bytes),
    hex,
    hex.toUpperCase(),
    // As fingerprints and dumps print bytes.
    ...[":", " ", "-"].flatMap((between) => [pairsOf(hex, between), pairsOf(hex.toUpperCase(), between)]),
    // Base64 twice, at any position in the first encoding.
    ...base64Of(bytes).flatMap((once) => base64Of(Buffer.from(once))),
    ...[hex, hex.toUpperCase()].map((digits) => digits.replace(/../g, "\\x$&")),
    ...listsOf(bytes),
    ...entitiesOf(plain),
    plain.toUpperCase(),
    plain.toLowerCase(),
    escapedOf(plain, false),
    escapedOf(plain, true),
    json,
    ascii,
    // JSON in JSON, as logs contain tools' JSON answers.
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(ascii).slice(1, -1),
    json.replaceAll("/", "\\/"),
    plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    encodeURIComponent(bytes.toString()).replaceAll("%20", "+"),
  ];
  return [...new Set(forms.flatMap(pieces))].filter((form) => form.trim().length >= LEAST_SEARCHED);
}

/**
 * Returns the forms in a squeezed text, where `%41` has become a character and non-ASCII letters their UTF-8 bytes. A
 * value that contains `%41` may appear in both ways.
 */
export function squeezedFormsOf(value: string): string[] {
  const forms = formsOf(value);
  if (forms.length === 0) return [];
  const all = [...forms, ...pieces(Buffer.from(value.trim()).toString("latin1"))];
  const squeezed = [...all, ...all.map((form) => form.replaceAll("%", "%25"))].map(squeezedText);
  return [...new Set(squeezed)].filter((form) => form.length >= LEAST_SEARCHED);
}

function squeezedText(form: string): string {
  const { units, length } = squeeze(unitsOf(form));
  return String.fromCharCode(...units.subarray(0, length));
}

/**
 * Returns the part of base64 text that depends on the bytes alone, wherever they were in the encoded text: at the
 * first, second or third place of a group of three bytes, without characters that also encode bits of the neighbours.
 */
function base64Of(bytes: Buffer): string[] {
  const standard = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const first = Math.ceil((before * 8) / 6);
    const last = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(first, last);
  });
  return [...standard, ...standard.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))];
}

function pairsOf(hex: string, between: string): string {
  return hex.replace(/..(?=.)/g, (pair) => pair + between);
}

/** Returns the bytes as programs print arrays, and as shells escape them. Blanks after the commas are squeezed. */
function listsOf(bytes: Buffer): string[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  const upper = hex.map((digits) => digits.toUpperCase());
  const prefixed = ["0x", "0X"].flatMap((prefix) => [hex, upper].map((all) => all.map((digits) => prefix + digits)));
  return [
    ...[hex, upper, ...prefixed].map((all) => all.join(",")),
    ...prefixed.map((all) => all.join(" ")),
    [...bytes].join(","),
    [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join(""),
  ];
}

/** Returns every character as an entity of HTML, by its number. */
function entitiesOf(text: string): string[] {
  const codes = Array.from(text, (character) => character.codePointAt(0) as number);
  const hex = codes.map((code) => code.toString(16));
  const upper = hex.map((digits) => digits.toUpperCase());
  return [
    codes.map((code) => `&#${code};`).join(""),
    ...["&#x", "&#X"].flatMap((prefix) =>
      [hex, upper].map((all) => all.map((digits) => `${prefix}${digits};`).join("")),
    ),
  ];
}

/** Returns every character as an escape of JSON and JavaScript. */
function escapedOf(text: string, isUpper: boolean): string {
  return Array.from({ length: text.length }, (_, at) => {
    const code = text.charCodeAt(at).toString(16).padStart(4, "0");
    return `\\u${isUpper ? code.toUpperCase() : code}`;
  }).join("");
}

function pieces(form: string): string[] {
  if (form.length < 2 * PIECE) return [form];
  const count = Math.floor(form.length / PIECE);
  return Array.from({ length: count }, (_, at) =>
    form.slice(at * PIECE, at === count - 1 ? undefined : (at + 1) * PIECE),
  );
}
