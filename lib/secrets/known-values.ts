/** Decides which values of the environment are secrets. */
import { secretsInHeaders } from "../env/tracing";
import { PROVIDERS } from "../models/providers/table";
import type { KnownValue } from "./matcher";

const KEYS = [
  ...Object.values(PROVIDERS).flatMap(({ keySetting, keyAliases = [] }) => [keySetting ?? [], keyAliases].flat()),
  "BANYAN_BACKUP_KEY",
  "BANYAN_BACKUP_S3_SECRET",
  "GOOGLE_CLIENT_SECRET",
  "SYSTEM_SECRET_KEY",
];
/** Headers that a collector of OpenTelemetry asks for, such as a key. */
const HEADERS = /^OTEL_EXPORTER_OTLP_(?:TRACES_)?HEADERS$/;
/** Amazon's secrets; a region or a profile is not secret. */
const AMAZON = /^AWS_.*(?:KEY|TOKEN|SECRET)/;
/**
 * Names of other programs' secrets. Values that are a path or a word do not count, because they would be redacted in
 * every text.
 */
const USUAL = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD)$/;
const PATH_OR_WORD = /^(?:[/~.].*|[a-z_-]+|[A-Z_-]+|[0-9]+|[A-Za-z]:\\.*)$/;

/** Returns the secrets, named after their variables in lower case, like vault secrets. */
export function knownValuesOf(env: Record<string, string | undefined>): KnownValue[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (!value) return [];
    if (HEADERS.test(name))
      return secretsInHeaders(value).flatMap((secret) =>
        PATH_OR_WORD.test(secret) ? [] : [{ name: name.toLowerCase(), value: secret }],
      );
    const isSecret = KEYS.includes(name) || AMAZON.test(name) || (USUAL.test(name) && !PATH_OR_WORD.test(value));
    return isSecret ? [{ name: name.toLowerCase(), value }] : [];
  });
}
