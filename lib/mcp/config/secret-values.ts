import type { SecretReference, Value } from "./types";

const SECRET_NAME =
  /key|token|secret|passw|pwd|credential|auth|cookie|session|dsn|private|signature|database_?url|conn(ection)?_?str|webhook/i;
/** Makers' prefixes, a user and password in an address, and long text without words. */
const SECRET_VALUE =
  /^(sk|pk|rk|gh[opsur]|github_pat|glpat|xox[a-z]|AKIA|AIza|eyJ|npm_|hf_)[-_A-Za-z0-9.]{8,}|^Bearer\s|^Basic\s|:\/\/[^/\s:@]+:[^/\s@]+@|-----BEGIN/;
const HARMLESS_HEADER = /^(accept(-.*)?|content-type|user-agent|x-mcp-(toolsets|readonly|.*-only))$/i;
const PLACEHOLDER = /\$\{([^{}]*)\}/g;

/** The secrets of one server: values that were in the file, and names whose values a person still has to give. */
export interface SecretSink {
  values: Record<string, string>;
  missing: string[];
}

/** Splits the secrets of one server off its configuration. Throws an Error with one sentence's rest for a placeholder that cannot be had. */
export function secretSplitter(server: string, sink: SecretSink) {
  const taken = new Map<string, string>();

  function referTo(name: string, value: string | undefined): string {
    // As the vault names them: without capitals.
    const base = `mcp/${server}/${
      name
        .toLowerCase()
        .replace(/[^a-z0-9_]+/g, "_")
        .slice(0, 60) || "secret"
    }`;
    let path = base;
    // Two values under one name are two secrets; the same placeholder in two places is one.
    for (let n = 2; taken.has(path) && taken.get(path) !== (value ?? `\0${name}`); n += 1) path = `${base}_${n}`;
    taken.set(path, value ?? `\0${name}`);
    if (value !== undefined) sink.values[path] = value;
    else if (!sink.missing.includes(path)) sink.missing.push(path);
    return path;
  }

  /** `name`: what the secret would be called. */
  function split(name: string, text: string, isSecret: boolean): Value {
    const filled = text.replace(PLACEHOLDER, (whole, inside: string) => defaultOf(inside) ?? whole);
    const [placeholder, second] = [...filled.matchAll(PLACEHOLDER)];
    if (!placeholder) return isSecret && filled !== "" ? { secret: referTo(name, filled) } : filled;
    if (second) throw new Error(`its value of ${name} has more than one placeholder; write it out`);
    const before = filled.slice(0, placeholder.index);
    const after = filled.slice(placeholder.index + placeholder[0].length);
    const reference: SecretReference = { secret: referTo(variableOf(placeholder[1] ?? "", name), undefined) };
    return { ...reference, ...(before && { before }), ...(after && { after }) };
  }

  return {
    env: (name: string, text: string) => split(name, text, SECRET_NAME.test(name) || isSecretText(text)),
    header: (name: string, text: string) => split(name, text, !HARMLESS_HEADER.test(name)),
    args: (texts: readonly string[]): Value[] => texts.map((text, index) => arg(split, text, texts[index - 1])),
    url(text: string): Value {
      const found = /[?&]([^=&#]+)=([^&#]+)/g;
      for (const match of text.matchAll(found)) {
        const [whole, name = "", value = ""] = match;
        if (!SECRET_NAME.test(name) || value.startsWith("${")) continue;
        const start = match.index + whole.length - value.length;
        return {
          secret: referTo(name, value),
          before: text.slice(0, start),
          ...(start + value.length < text.length && { after: text.slice(start + value.length) }),
        };
      }
      return split("URL", text, false);
    },
  };
}

/** `--api-key=VALUE`, and the argument after `--api-key`. */
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

/** `${NAME:-text}`: the text. The server's own environment is never read: a file from elsewhere could ask for any of it. */
function defaultOf(inside: string): string | undefined {
  return /^(?:env:)?\w+:-([\s\S]*)$/.exec(inside)?.[1];
}

function variableOf(inside: string, name: string): string {
  const variable = /^(?:env:|input:)?([\w-]+)$/.exec(inside)?.[1];
  if (!variable || /^(workspaceFolder|userHome|pathSeparator|cwd)/.test(inside))
    throw new Error(`its value of ${name} holds \${${inside}}, which has no meaning here; write it out`);
  return variable;
}

/** The text that is meant, with the vault's values. Throws an Error that names the secret that is missing. */
export async function resolveValue(
  value: Value,
  secretOf: (name: string) => Promise<string | undefined>,
): Promise<string> {
  if (typeof value === "string") return value;
  const secret = await secretOf(value.secret);
  if (secret === undefined) throw new Error(`the secret ${value.secret} has no value yet; enter it first`);
  return `${value.before ?? ""}${secret}${value.after ?? ""}`;
}

/** The text for people: secrets shown as their names. */
export function shownValue(value: Value): string {
  return typeof value === "string" ? value : `${value.before ?? ""}<${value.secret}>${value.after ?? ""}`;
}
