import { isPlaceholder } from "./placeholder";
import type { SecretReference, Value } from "./types";

const SECRET_NAME =
  /key|token|secret|passw|pwd|credential|auth|cookie|session|dsn|private|signature|database_?url|conn(ection)?_?str|webhook/i;
/** Vendors' prefixes, a user and password in an address, and long text without words. */
const SECRET_VALUE =
  /^(sk|pk|rk|gh[opsur]|github_pat|glpat|xox[a-z]|AKIA|AIza|eyJ|npm_|hf_)[-_A-Za-z0-9.]{8,}|^Bearer\s|^Basic\s|:\/\/[^/\s:@]+:[^/\s@]+@|-----BEGIN/;
const HARMLESS_HEADER = /^(accept(-.*)?|content-type|user-agent|x-mcp-(toolsets|readonly|.*-only))$/i;
const PLACEHOLDER = /\$\{([^{}]*)\}/g;
/** An address, also as the value of a flag, up to its query. */
const ADDRESS = /^(--?[\w-]+=)?https?:\/\//i;
const QUERY_PART = /[?&]([^=&#]+)=([^&#]+)/g;

/** The secrets of one server: values from the file, and names whose values a person has to enter. */
export interface SecretSink {
  values: Record<string, string>;
  missing: string[];
  /** Those of `missing` whose value in the file was only a placeholder, such as `YOUR_API_KEY`. */
  placeholders: string[];
}

/**
 * Moves the secrets of one server out of its configuration. Throws an Error with the end of a sentence for an unknown
 * placeholder.
 */
export function secretSplitter(server: string, sink: SecretSink) {
  const taken = new Map<string, string>();

  function referTo(name: string, value: string | undefined): string {
    // Names are lower-case, as in the vault.
    const base = `mcp/${server}/${
      name
        .toLowerCase()
        .replace(/[^a-z0-9_]+/g, "_")
        .slice(0, 60) || "secret"
    }`;
    let path = base;
    // Two values under one name are two secrets; the same placeholder in two places is one secret.
    for (let n = 2; taken.has(path) && taken.get(path) !== (value ?? `\0${name}`); n += 1) path = `${base}_${n}`;
    taken.set(path, value ?? `\0${name}`);
    if (value !== undefined) sink.values[path] = value;
    else if (!sink.missing.includes(path)) sink.missing.push(path);
    return path;
  }

  /** Returns an address with the keys of its query as a secret; null when it has none. */
  function keyInAddress(text: string, hasPlaceholder: boolean): SecretReference | null {
    const keys = ADDRESS.test(text) ? keysIn(text) : [];
    const [first] = keys;
    const end = keys.at(-1)?.end ?? 0;
    if (!first) return null;
    if (hasPlaceholder)
      throw new Error(`its address has the key ${first.name} beside a placeholder; write the placeholder's value out`);
    const after = text.slice(end);
    // From the first key to the end of the last one, because a value refers to one secret.
    const secret = referTo(first.name, text.slice(first.start, end));
    return { secret, before: text.slice(0, first.start), ...(after && { after }) };
  }

  /** `name` is the name of the secret. */
  function split(name: string, text: string, isSecret: boolean): Value {
    const filled = text.replace(PLACEHOLDER, (whole, inside: string) => defaultOf(inside) ?? whole);
    const [placeholder, second] = [...filled.matchAll(PLACEHOLDER)];
    const key = isSecret ? null : keyInAddress(filled, placeholder !== undefined);
    if (key) return key;
    if (!placeholder && isPlaceholder(filled)) {
      const before = /^Bearer\s+/i.exec(filled)?.[0];
      const secret = referTo(name, undefined);
      if (!sink.placeholders.includes(secret)) sink.placeholders.push(secret);
      return { secret, ...(before && { before }) };
    }
    // The vault takes no blank value, so a person has to enter this one.
    const value = filled.trim() === "" ? undefined : filled;
    if (!placeholder) return isSecret && filled !== "" ? { secret: referTo(name, value) } : filled;
    if (second) throw new Error(`its value of ${name} has more than one placeholder; write the value out`);
    const before = filled.slice(0, placeholder.index);
    const after = filled.slice(placeholder.index + placeholder[0].length);
    const reference: SecretReference = { secret: referTo(variableOf(placeholder[1] ?? "", name), undefined) };
    return { ...reference, ...(before && { before }), ...(after && { after }) };
  }

  return {
    env: (name: string, text: string) => split(name, text, SECRET_NAME.test(name) || isSecretText(text)),
    header: (name: string, text: string) => split(name, text, !HARMLESS_HEADER.test(name)),
    args: (texts: readonly string[]): Value[] => texts.map((text, index) => arg(split, text, texts[index - 1])),
    url: (text: string): Value => split("URL", text, false),
  };
}

/** Returns the parts of an address's query that are keys by their names; placeholders are none. */
function keysIn(text: string): { name: string; start: number; end: number }[] {
  return [...text.matchAll(QUERY_PART)].flatMap(({ 0: whole, 1: name = "", 2: value = "", index }) => {
    const end = index + whole.length;
    return SECRET_NAME.test(name) && !value.startsWith("${") ? [{ name, start: end - value.length, end }] : [];
  });
}

/** Handles `--api-key=VALUE`, and the argument after `--api-key`. */
function arg(split: (name: string, text: string, isSecret: boolean) => Value, text: string, previous = ""): Value {
  const [, flag, value] = /^--?([\w-]+)=([\s\S]+)$/.exec(text) ?? [];
  if (flag && value && SECRET_NAME.test(flag)) {
    const part = split(flag, value, true);
    const before = `${text.slice(0, text.length - value.length)}`;
    return typeof part === "string" ? text : { ...part, before: before + (part.before ?? "") };
  }
  const [, asked] = /^--?([\w-]+)$/.exec(previous) ?? [];
  const isFlag = text.startsWith("-");
  return split(
    asked ?? "ARGUMENT",
    text,
    !isFlag && ((asked !== undefined && SECRET_NAME.test(asked)) || isSecretText(text)),
  );
}

function isSecretText(text: string): boolean {
  return (
    SECRET_VALUE.test(text) ||
    (/^[A-Za-z0-9+/_=-]{32,}$/.test(text) && /\d/.test(text) && /[A-Za-z]/.test(text) && !text.startsWith("/"))
  );
}

/**
 * Returns the text in `${NAME:-text}`. The server's environment is never read, because a foreign file could ask for any
 * of it.
 */
function defaultOf(inside: string): string | undefined {
  return /^(?:env:)?\w+:-([\s\S]*)$/.exec(inside)?.[1];
}

function variableOf(inside: string, name: string): string {
  const variable = /^(?:env:|input:)?([\w-]+)$/.exec(inside)?.[1];
  if (!variable || /^(workspaceFolder|userHome|pathSeparator|cwd)/.test(inside))
    throw new Error(`its value of ${name} contains \${${inside}}, which has no meaning here; write the value out`);
  return variable;
}

/** Returns the text with the vault's value. Throws an Error that names a missing secret. */
export async function resolveValue(
  value: Value,
  secretOf: (name: string) => Promise<string | undefined>,
): Promise<string> {
  if (typeof value === "string") return value;
  const secret = await secretOf(value.secret);
  if (secret === undefined) throw new Error(`the secret ${value.secret} has no value yet; enter it first`);
  return `${value.before ?? ""}${secret}${value.after ?? ""}`;
}

/** Returns the text for people, with the name of the secret in place of its value. */
export function shownValue(value: Value): string {
  return typeof value === "string" ? value : `${value.before ?? ""}<${value.secret}>${value.after ?? ""}`;
}
