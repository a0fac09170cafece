/** Blueprints of services and their parts, as data, and which of them can be combined. */
import { z } from "zod";

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const MOST_SUMMARY = 200;
const name = z.string().regex(NAME, "has small letters, digits and dashes, and begins with a letter");
const summary = z.string().min(1).max(MOST_SUMMARY);
/** A path inside the service: no part of it leads elsewhere. */
const path = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.{1,2}(\/|$))[\w./-]{1,200}$/, "is a path inside the service, such as src/main.ts");
const version = z.int().min(1).max(10_000);
const packages = z.record(
  z.string().regex(/^(@[a-z0-9._-]+\/)?[a-z0-9._-]+$/),
  z.string().regex(/^\d+\.\d+\.\d+$/, "is one exact version, such as 1.2.3"),
);
const command = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\n]*$/, "is one line");

const variable = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("integer"), summary, default: z.int(), least: z.int(), most: z.int() }),
  z.strictObject({ type: z.literal("text"), summary, default: z.string(), most: z.int().min(1).max(1_000) }),
  z.strictObject({ type: z.literal("choice"), summary, default: z.string(), choices: z.array(z.string()).min(1) }),
]);
export type Variable = z.infer<typeof variable>;
export type VariableValue = string | number;
const variables = z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), variable);

const condition = z.strictObject({ path, when: z.string().optional(), unless: z.string().optional() });

/**
 * What templates may ask about a service: whether it listens at a port, others call it there, it keeps nothing between
 * requests, or files in the folder `data`; whether it checks the tokens of an identity provider, and is a command.
 */
export const TRAITS = ["listens", "serves", "keeps_nothing", "keeps_data", "checks_tokens", "command"] as const;

/** What a setting means, as a template of Markdown; one that has to be set has an example too. */
const setting = z.union([
  z.string().min(1),
  z.strictObject({ meaning: z.string().min(1), example: z.string().regex(/^[\w.:/@{} -]+$/) }),
]);

const scripts = z.record(z.string().regex(/^[a-z][a-z:-]*$/), command);

const common = {
  name,
  version,
  summary,
  variables: variables.default({}),
  packages: packages.default({}),
  dev_packages: packages.default({}),
  /** Files that are made only when a fact holds, or when it does not. */
  files: z.array(condition).default([]),
  traits: z.array(z.enum(TRAITS)).default([]),
  /** Ports of other servers that it has to reach. */
  reaches: z.array(z.int().min(1).max(65_535)).default([]),
  /** Environment variables. */
  settings: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), setting).default({}),
  /** A part of the README, as a template of Markdown. */
  readme: z.string().optional(),
};

/** The ways in which Banyan writes code from a document. */
const codes = z.enum(["openapi-typescript", "openapi-typescript-pages"]);

export const blueprintFile = z.strictObject({
  ...common,
  /** The blueprint whose files and fields it has too. */
  extends: name.optional(),
  /** What a service is made from. */
  from: z.enum(["document", "nothing"]),
  code: codes.optional(),
  parts: z.array(name),
  scripts,
  setup: command,
  check: command,
  /** What a person has to know who upgrades to a version. */
  upgrades: z.array(z.strictObject({ version, notes: z.string().min(1) })).default([]),
});

export const partFile = z.strictObject({
  ...common,
  /** A place that one part at most can take, such as `storage`. */
  provides: z.enum(["storage"]).optional(),
  /** The SQL of the migrations that Banyan writes for it. */
  sql: z.enum(["sqlite", "postgres"]).optional(),
  needs: z.array(name).default([]),
  excludes: z.array(name).default([]),
  scripts: scripts.default({}),
});

export type SqlDialect = NonNullable<BlueprintPart["sql"]>;
export type Blueprint = z.infer<typeof blueprintFile>;
export type BlueprintPart = z.infer<typeof partFile>;

/** Returns what is wrong with a file of a blueprint, as sentences that name file and field. */
export function faultsIn(schema: typeof blueprintFile | typeof partFile, file: string, given: unknown): string[] {
  const checked = schema.safeParse(given);
  const issues = checked.success
    ? [...variableFaults(checked.data.variables), ...codeFaults(checked.data)]
    : checked.error.issues.map(issueOf);
  return issues.map(({ field, why }) => `${file}: ${field === "" ? "the file" : field} ${why}.`);
}

function issueOf(issue: z.core.$ZodIssue): { field: string; why: string } {
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") return { field, why: `has unknown fields: ${issue.keys.join(", ")}` };
  // Rules for a format are the end of a sentence already; the library's own words are not.
  return { field, why: issue.code === "invalid_format" ? issue.message : `is wrong: ${issue.message}` };
}

/** Code is written from a document, and only from one. */
function codeFaults(given: Blueprint | BlueprintPart): { field: string; why: string }[] {
  if (!("from" in given) || (given.from === "document") === (given.code !== undefined)) return [];
  const why = given.from === "document" ? "is missing: use openapi-typescript" : "needs from: document: leave it out";
  return [{ field: "code", why }];
}

const MERGED = ["variables", "packages", "dev_packages", "settings", "scripts"] as const;

/** Returns what a blueprint's file says together with the blueprint that it extends; its own fields count more. */
export function extendedBy(base: Blueprint, own: Record<string, unknown>): Record<string, unknown> {
  const merged = MERGED.map((field) => {
    const given = own[field] ?? {};
    return [field, isRecord(given) ? { ...base[field], ...given } : given] as const;
  });
  const { upgrades: _upgrades, ...inherited } = base;
  const files = Array.isArray(own.files ?? []) ? [...base.files, ...((own.files ?? []) as unknown[])] : own.files;
  return { ...inherited, ...own, ...Object.fromEntries(merged), files };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function variableFaults(given: Record<string, Variable>): { field: string; why: string }[] {
  return Object.entries(given).flatMap(([field, variable]) => {
    const fault = valueFault(variable, variable.default);
    return fault === null ? [] : [{ field: `variables.${field}.default`, why: fault }];
  });
}

/** Returns why a variable cannot have the value, as the end of a sentence. */
export function valueFault(variable: Variable, value: VariableValue): string | null {
  switch (variable.type) {
    case "integer": {
      const isWithin = Number.isInteger(value) && Number(value) >= variable.least && Number(value) <= variable.most;
      return isWithin ? null : `is a whole number from ${variable.least} to ${variable.most}`;
    }
    case "text":
      return String(value).length <= variable.most ? null : `has at most ${variable.most} characters`;
    case "choice":
      return variable.choices.includes(String(value)) ? null : `is one of ${variable.choices.join(", ")}`;
    default:
      return variable satisfies never;
  }
}

/** Returns why these parts cannot be combined with the blueprint, as one sentence; null: they can. */
export function combinationFault(
  blueprint: Pick<Blueprint, "name" | "parts">,
  wanted: readonly string[],
  known: ReadonlyMap<string, Pick<BlueprintPart, "name" | "provides" | "needs" | "excludes">>,
): string | null {
  const taken = new Map<string, string>();
  for (const [index, name] of wanted.entries()) {
    const part = known.get(name);
    if (part === undefined || !blueprint.parts.includes(name))
      return `The blueprint ${blueprint.name} has no part ${name}: use ${blueprint.parts.join(", ") || "none"}.`;
    if (wanted.indexOf(name) !== index) return `The part ${name} is named twice: name it once.`;
    const missing = part.needs.find((one) => !wanted.includes(one));
    if (missing !== undefined) return `The part ${name} needs ${missing}: choose ${missing} too.`;
    const excluded = part.excludes.find((one) => wanted.includes(one));
    if (excluded !== undefined) return `The parts ${name} and ${excluded} exclude each other: choose one of them.`;
    const other = part.provides && taken.get(part.provides);
    if (other !== undefined) return `The parts ${other} and ${name} both provide ${part.provides}: choose one of them.`;
    if (part.provides) taken.set(part.provides, name);
  }
  return null;
}

/** Returns all combinations of parts that the blueprint allows. */
export function combinationsOf(
  blueprint: Pick<Blueprint, "name" | "parts">,
  known: ReadonlyMap<string, BlueprintPart>,
): string[][] {
  let all: string[][] = [[]];
  for (const part of blueprint.parts) all = all.concat(all.map((set) => [...set, part]));
  return all.filter((set) => combinationFault(blueprint, set, known) === null);
}
