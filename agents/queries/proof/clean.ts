/** Makes a proof fit to leave the installation: no secret, no disguised character, no endless text. */
import { exactCount } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { withoutSequences } from "@/lib/process/printed";

const MOST_CHARS = 20_000;
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Returns the value with each of its texts cleaned. Names of fields do not change. */
export function cleaned<Value>(value: Value, redact: (text: string) => string): Value {
  const clean = (value: unknown): unknown => {
    if (typeof value === "string") return cleanText(value, redact);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, clean(field)]));
  };
  return clean(value) as Value;
}

/**
 * Colors and invisible characters could split a key, so it is also looked for without them. Cutting comes last: a cut could
 * hide a key.
 */
function cleanText(text: string, redact: (text: string) => string): string {
  const plain = withoutSequences(text).replace(/\r\n?/g, "\n");
  const bare = plain.replace(INVISIBLE, "");
  const hidesSecret = bare !== plain && redact(bare) !== bare;
  const shown = hidesSecret ? redact(bare) : withoutDisguise(redact(plain));
  if (shown.length <= MOST_CHARS) return shown;
  const more = exactCount(shown.length - MOST_CHARS);
  return `${shown.slice(0, MOST_CHARS)}\n[${more} more characters are left out]`;
}
