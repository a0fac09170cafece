/** Which values of the environment are secrets. */
import { PROVIDERS } from "../models/providers/table";
import type { KnownValue } from "./matcher";

const KEYS = [
  ...Object.values(PROVIDERS).flatMap(({ keySetting }) => keySetting ?? []),
  "GOOGLE_CLIENT_SECRET",
  "SYSTEM_SECRET_KEY",
];
/** Amazon's: a region or a profile is none. */
const AMAZON = /^AWS_.*(?:KEY|TOKEN|SECRET)/;
/** Those of other programs, unless the value is the path of a key or a word: it would be taken out of every text. */
const USUAL = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)$/;
const PATH_OR_WORD = /^(?:[/~.].*|[a-z_-]+|[A-Z_-]+|[0-9]+|[A-Za-z]:\\.*)$/;

/** Named after the variable, in small letters, as the secret of that name would be. */
export function knownValuesOf(env: Record<string, string | undefined>): KnownValue[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value) return [];
    const isSecret = KEYS.includes(name) || AMAZON.test(name) || (USUAL.test(name) && !PATH_OR_WORD.test(value));
    return isSecret ? [{ name: name.toLowerCase(), value }] : [];
  });
}
