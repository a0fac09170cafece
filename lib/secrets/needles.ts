/** How a secret may stand in a text: as it is, and as programs print it. */
import { unitsOf } from "./scan";
import { squeeze } from "./squeeze";

/** A shorter value would be found in words of every text. */
export const LEAST_SEARCHED = 8;
/** A longer text is searched for in pieces, each of which is one too: a part that long gives the secret away. */
const PIECE = 256;
/** What redaction writes must not be found again. */
const OWN_WORDS = "[redacted: ]";

/** Every form that is searched for in a text as it stands, without repetition; none for a value that is too short. */
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
    // Twice, wherever it stood in what was encoded first.
    ...base64Of(bytes).flatMap((once) => base64Of(Buffer.from(once))),
    ...[hex, hex.toUpperCase()].map((digits) => digits.replace(/../g, "\\x$&")),
    escapedOf(plain, false),
    escapedOf(plain, true),
    json,
    ascii,
    // JSON in JSON, as tools that answer with JSON are logged.
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(ascii).slice(1, -1),
    json.replaceAll("/", "\\/"),
    plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    encodeURIComponent(bytes.toString()).replaceAll("%20", "+"),
  ];
  return [...new Set(forms.flatMap(pieces))].filter((form) => form.trim().length >= LEAST_SEARCHED);
}

/**
 * The forms as they stand in a squeezed text; there `%41` has become a character, and letters beyond ASCII the bytes of
 * UTF-8. A value that has `%41` in it stands there as either.
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
 * What of the encoded text depends on the bytes alone, wherever they stand in what was encoded: at the first, second or third
 * place of a group of three bytes, less the characters that also hold bits of the neighbours.
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

/** Every character as an escape of JSON and JavaScript. */
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
