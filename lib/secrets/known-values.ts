/** Which values of the environment are secrets. */
import type { KnownValue } from "./matcher";

const KEYS = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GOOGLE_CLIENT_SECRET", "SYSTEM_SECRET_KEY"];
/** Amazon's, and those of other programs: a region or a profile is no secret, and neither is the path of a key. */
const USUAL = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS)$/;
const AMAZON = /^AWS_.*(?:KEY|TOKEN|SECRET)/;

/** Named after the variable, in small letters, as the secret of that name would be. */
export function knownValuesOf(env: Record<string, string | undefined>): KnownValue[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value) return [];
    const isSecret = KEYS.includes(name) || AMAZON.test(name) || (USUAL.test(name) && !value.startsWith("/"));
    return isSecret ? [{ name: name.toLowerCase(), value }] : [];
  });
}
