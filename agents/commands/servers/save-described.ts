/** Adds or changes a server by its description: what a web API (its document) and an outside agent (its card) share. */
import { z } from "zod";
import { type Actor, aboutField, atField, type ImportedServer, UserError } from "@/agents/application";
import { isWholeFrom, numberWithin, text } from "@/agents/operations/parse";
import type { ServerOfTask } from "@/agents/servers/context";
import { type AddedConfig, configIn } from "@/agents/tools/outside/added-config";
import { hazardsOfAdded } from "@/agents/tools/outside/hazards";
import { isServer, namesOfServerTools } from "@/agents/tools/outside/server-tools";
import type { ServerTool } from "@/core/rules/configuration";
import { plural } from "@/core/words/figures";
import { nameProblem } from "./auth";
import {
  changedMeanwhile,
  checkGiven,
  checkVersion,
  missingOf,
  rulesEnded,
  type SavedServer,
  type ServerCommandSources,
  setSecret,
  storeServer,
  switchedOff,
} from "./stored-server";

export type DescribedConfig = Extract<AddedConfig, { kind: "openapi" | "a2a" }>;
type ConfigOf<Kind extends DescribedConfig["kind"]> = Extract<DescribedConfig, { kind: Kind }>;
export type Old<Config extends DescribedConfig> = ServerOfTask & { version: number; config: Config };

/** The words for a kind of server: what it is, and what agents use of it. */
interface KindWords {
  what: string;
  part: string;
}

/** The fields that both kinds have. */
export const describedFields = {
  name: text.superRefine((name, context) => {
    const problem = nameProblem(name);
    if (problem !== null) context.addIssue({ code: "custom", message: problem, params: { isWhole: true } });
  }),
  url: text.optional(),
  auth: z.enum(["none", "bearer", "basic", "header"], "must be none, bearer, basic or header").optional(),
  header: text.optional(),
  secret: text.optional(),
};

const MOST_CALLS_PER_MINUTE = 1_000;

export const callsPerMinute = numberWithin(
  isWholeFrom(1, MOST_CALLS_PER_MINUTE),
  () => `The calls per minute are a whole number from 1 to ${MOST_CALLS_PER_MINUTE}.`,
);

/**
 * Returns the server of that name and kind, or null for a free name. Throws UserError when the name belongs to
 * something else.
 */
function describedNamed<Kind extends DescribedConfig["kind"]>(
  configuration: ServerCommandSources["configuration"],
  name: string,
  kind: Kind,
): Old<ConfigOf<Kind>> | null {
  const found = configuration.tools().find((tool) => tool.name === name);
  if (!found) return null;
  const config = isServer(found) ? configIn(found.server) : null;
  if (!isServer(found) || config?.kind !== kind)
    throw aboutField("name", conflict(`${name} is the name of another tool: choose another name.`));
  return { ...found, config: config as ConfigOf<Kind> };
}

/** Throws UserError when a person who saw `version` (null: nothing of this name) would overwrite something else. */
function checkSeen(
  name: string,
  old: Old<DescribedConfig> | null,
  version: number | null | undefined,
  { what }: KindWords,
): void {
  if (old && version === null)
    throw aboutField(
      "name",
      conflict(`There is ${what} ${name} already: change it on its page, or choose another name.`),
    );
  if (old) checkVersion(name, version ?? undefined, old.version);
}

/** The content of a description. */
interface Read<Config extends DescribedConfig> {
  config: Config;
  /** What the server is, as a phrase: “the web API pets 1.0”. */
  title: string;
  tools: ServerTool[];
  problems: readonly string[];
}

interface Saving<Kind extends DescribedConfig["kind"]> {
  kind: Kind;
  words: KindWords;
  /** The version that the person saw; null: nothing of this name; absent: any. */
  version: number | null | undefined;
  /** Reads the description, and chooses from it what agents can use. `old` is the server before its change. */
  read(old: Old<ConfigOf<Kind>> | null): Promise<Read<ConfigOf<Kind>>>;
}

/**
 * Reads a description and stores the chosen parts. The secret goes to the vault. Throws UserError when the server was
 * changed meanwhile.
 */
export async function saveDescribed<Kind extends DescribedConfig["kind"]>(
  sources: ServerCommandSources,
  { name, secret }: { name: string; secret?: string | undefined },
  actor: Actor,
  { kind, words, version, read }: Saving<Kind>,
): Promise<SavedServer> {
  const { store, configuration, vault } = sources;
  const old = describedNamed(configuration, name, kind);
  checkSeen(name, old, version, words);
  const { config, title, tools: chosen, problems } = await read(old);
  const { auth } = config;
  const given = secret !== undefined && auth.kind !== "none" ? { name: auth.secret, value: secret } : null;
  if (given) await atField("secret", () => checkGiven(given.name, given.value));
  // Reading took a while.
  if (describedNamed(configuration, name, kind)?.version !== old?.version) throw changedMeanwhile(name);
  const description = `The ${title}: ${plural(chosen.length, words.part)}, added by a person.`;
  const policies = new Map(old?.server.tools.map((tool) => [tool.name, tool.policy]));
  const tools = chosen.map((tool) => {
    const policy = policies.get(tool.name);
    return { ...tool, ...(policy && { policy }) };
  });
  const body: ServerOfTask = {
    name,
    title: name,
    description,
    level: "network",
    source: "mcp",
    optional: true,
    policy: old?.policy ?? "inherit",
    availability: { available: true, since: "" },
    server: {
      config,
      tools,
      ...(problems.length > 0 && { leftOut: [...problems] }),
      scope: "tree",
      workspace: "none",
    },
  };
  const rules = old ? await rulesEnded(sources, name, old.server.tools, actor) : "";
  const why = old ? "Changed." : "Added.";
  // Where the server has changed meanwhile, this throws before a secret is replaced.
  const first = given && old ? switchedOff(body) : body;
  const ifVersion = await storeServer(sources, first, actor, { why, ifVersion: old?.version ?? null });
  if (given) await atField("secret", () => setSecret(vault, given.name, given.value, actor));
  if (first !== body) await storeServer(sources, body, actor, { why, ifVersion });
  await store.toolStates.quarantine(name, null);
  const names = namesOfServerTools(name, tools);
  const server: ImportedServer = {
    name,
    tools: names,
    left_out: [...problems],
    hazards: hazardsOfAdded(body.server),
    problem: null,
    sign_in: null,
  };
  const missing = auth.kind === "none" ? [] : missingOf([auth.secret], vault);
  const sentence = `${name} is ${old ? "changed" : "added"}; agents can use ${plural(names.length, words.part)} of it.${rules}`;
  return { sentence, server, problems: [...problems, ...missing] };
}

const conflict = (sentence: string) => new UserError("conflict", sentence);
