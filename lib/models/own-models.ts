/**
 * Limits and prices that a person set, in `models.json` of the data folder. They win over what providers and the table
 * say. The fields have the names and units of OpenCode and models.dev: tokens, and US dollars per million tokens.
 */
import { join } from "node:path";
import { z } from "zod";
import { MEDIA } from "@/core/log/model";
import { createDataFile } from "./data-file";
import { baseName } from "./known/names";
import { isModelName, MODEL_FORM } from "./providers/table";

const MOST_TOKENS = 100_000_000;
const MOST_USD = 1_000_000;

const tokens = (least: number) => {
  const said = `must be a whole number of tokens from ${least} to ${MOST_TOKENS}`;
  return z.int(said).min(least, said).max(MOST_TOKENS, said);
};
const USD_FORM = `must be US dollars per million tokens, from 0 to ${MOST_USD}`;
const usd = z.number(USD_FORM).min(0, USD_FORM).max(MOST_USD, USD_FORM);

const limit = z
  .strictObject({ context: tokens(1_000), output: tokens(1).optional() }, "must be an object with context and output")
  .refine(({ context, output }) => output === undefined || output < context, {
    path: ["output"],
    message: "must be less than context, because both count together",
  });
const cost = z.strictObject(
  { input: usd, output: usd, cache_read: usd.optional(), cache_write: usd.optional() },
  "must be an object with input and output",
);
const modalities = z.strictObject(
  { input: z.array(z.enum(["text", ...MEDIA], "must be text, image or pdf"), "must be a list of text, image and pdf") },
  "must be an object with input",
);
const ownModel = z.strictObject(
  { limit: limit.optional(), cost: cost.optional(), modalities: modalities.optional() },
  "must be an object",
);

/** `limit` in tokens; `cost` in US dollars per million tokens; `modalities`: what the model reads. */
export type OwnModel = z.infer<typeof ownModel>;

export interface OwnModels {
  all(): Readonly<Record<string, OwnModel>>;
  /** What was set for the model, or for the model that it is a snapshot of. */
  of(model: string): OwnModel | null;
  /** What is wrong with the file, in one sentence; null when nothing is. */
  problem(): string | null;
  /** Replaces what is set for one model; null removes it. Throws an Error with one sentence. */
  set(model: string, value: OwnModel | null): void;
  version(): string;
}

export function createOwnModels(dataDir: string): OwnModels {
  const file = createDataFile(join(dataDir, "models.json"), parse);
  return {
    all: file.read,
    of(model) {
      const all = file.read();
      const name = [model, baseName(model)].find((name) => Object.hasOwn(all, name));
      return (name && all[name]) || null;
    },
    problem: file.problem,
    set(model, value) {
      const problem = file.problem();
      if (problem) throw new Error(`${problem} Correct or delete the file first.`);
      const { [model]: _, ...others } = file.read();
      const all = value ? { ...others, [model]: value } : others;
      parse(all);
      file.write(`${JSON.stringify(all, null, 2)}\n`);
    },
    version: file.version,
  };
}

/** Throws an Error with one sentence that names the model and the field. */
function parse(json: unknown): Record<string, OwnModel> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(json ?? {});
  if (!parsed.success) throw new Error("the file must be one JSON object, with a field for each model.");
  return Object.fromEntries(Object.entries(parsed.data).map(([name, value]) => [name, parseModel(name, value)]));
}

function parseModel(name: string, value: unknown): OwnModel {
  if (!isModelName(name) || name === "runbook")
    throw new Error(`“${name}” is not the name of a model: write ${MODEL_FORM}.`);
  const parsed = ownModel.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = (...more: string[]) => [...(issue?.path ?? []), ...more].join(".");
  if (issue?.code === "unrecognized_keys")
    throw new Error(
      `${name} has the unknown field “${field(issue.keys[0] ?? "")}”: use limit (context, output), cost (input, output, cache_read, cache_write) and modalities (input).`,
    );
  throw new Error(`${[name, field()].filter(Boolean).join(": ")} ${issue?.message}.`);
}
