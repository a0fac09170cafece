/** What the commands for added servers share: reading, testing and saving a stored server. */
import { type Actor, type ImportedServer, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { ServerOfTask } from "@/agents/servers/context";
import type { Servers } from "@/agents/servers/servers";
import { SignInNeeded } from "@/agents/servers/sign-in";
import { hazardsOfAdded } from "@/agents/tools/outside/hazards";
import { isServer, namesOfServerTools } from "@/agents/tools/outside/server-tools";
import type { ServerTool, ToolBody } from "@/core/rules/configuration";
import { serverIdentity } from "@/core/rules/server-identity";
import type { Store } from "@/db/store";
import { SecretError } from "@/lib/secrets/errors";
import { checkSecret, type Vault } from "@/lib/secrets/vault";

export interface ServerCommandSources {
  store: Pick<Store, "configuration" | "decisions" | "toolStates">;
  configuration: Configuration;
  servers(): Promise<
    Pick<
      Servers,
      "validate" | "describe" | "readApi" | "readCard" | "skillsOf" | "closeServer" | "removeState" | "finishSignIn"
    >
  >;
  vault: Pick<Vault, "set" | "list" | "remove">;
}

/** What was done; `problems`: a sentence for each thing that was left out or that a person still has to do. */
export interface SavedServer {
  sentence: string;
  server: ImportedServer;
  problems: string[];
}

/** Switches off the rules for the server's tools, as they were made for the old server; returns a sentence or "". */
export async function rulesEnded(
  { store }: Pick<ServerCommandSources, "store">,
  name: string,
  tools: readonly ServerTool[],
  actor: Actor,
): Promise<string> {
  const ended = await store.decisions.revokeRulesFor(namesOfServerTools(name, tools), actor.name);
  if (ended === 0) return "";
  return ` ${ended === 1 ? "A rule" : `${ended} rules`} that approved its calls ${ended === 1 ? "is" : "are"} switched off.`;
}

/**
 * Does so when the server that is about to be stored does or reaches something else than the old one. Storing it ends the
 * rules too, but does not say so.
 */
export async function rulesEndedBy(
  sources: Pick<ServerCommandSources, "store">,
  old: ServerOfTask,
  now: ToolBody,
  actor: Actor,
): Promise<string> {
  if (serverIdentity(old) === serverIdentity(now)) return "";
  return rulesEnded(sources, old.name, old.server.tools, actor);
}

export function missingOf(names: readonly string[], vault: Pick<Vault, "list">): string[] {
  const kept = new Set(vault.list().map((secret) => secret.name));
  return names
    .filter((name) => !kept.has(name))
    .map((name) => `Set the secret ${name}, under Settings or with “banyan secrets set ${name}”.`);
}

/** What is saved beside a server. */
interface Saving {
  why: string;
  /** The server that is replaced. */
  old?: ServerOfTask & { version: number };
  /** Values for the vault, by their names. */
  secrets?: Readonly<Record<string, string>>;
}

const UNFINISHED = "Its change has not finished. Test it when this stays so.";

/** The server while its secrets are replaced: no secret, neither old nor new, goes to another address than its own. */
export function switchedOff(body: ServerOfTask): ServerOfTask {
  return { ...body, availability: { available: false, reason: UNFINISHED } };
}

/**
 * Saves the server, in place of `old`. One that does not answer is saved as unavailable, with the reason, so that it can
 * be fixed. `rules`: a sentence about the rules that this ended, or "".
 */
export async function putServer(
  sources: ServerCommandSources,
  body: ServerOfTask,
  actor: Actor,
  { why, old, secrets = {} }: Saving,
): Promise<{ server: ImportedServer; rules: string }> {
  const { name } = body;
  const servers = await sources.servers();
  const given = Object.entries(secrets);
  for (const [secret, value] of given) await checkGiven(secret, value);
  let ifVersion = old?.version ?? null;
  let rules = "";
  if (given.length > 0) {
    if (old) rules = await rulesEndedBy(sources, old, body, actor);
    ifVersion = await storeServer(sources, switchedOff(body), actor, { why, ifVersion });
    await servers.closeServer(name);
    for (const [secret, value] of given) await setSecret(sources.vault, secret, value, actor);
  }
  let validated: ToolBody = body;
  let problem: string | null = null;
  let page: string | null = null;
  try {
    validated = await servers.validate(body, () => isVersion(sources.configuration, name, ifVersion));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problem = error.message;
    if (error instanceof SignInNeeded) page = error.page;
    validated = { ...body, availability: { available: false, reason: error.message } };
  }
  if (old) rules ||= await rulesEndedBy(sources, old, validated, actor);
  await storeServer(sources, validated, actor, { why, ifVersion });
  await sources.store.toolStates.quarantine(name, null);
  const listed = validated.server?.tools ?? [];
  const hazards = hazardsOfAdded({ config: body.server.config, tools: listed });
  const tools = namesOfServerTools(name, listed);
  const left_out = problem === null ? (validated.server?.leftOut ?? []) : [];
  return { server: { name, tools, left_out, hazards, problem, sign_in: page }, rules };
}

/**
 * Stores the server if `ifVersion` is still live (null: none is), and resolves with its version. Throws UserError when it
 * is not, because starting a server and reading a description take a while.
 */
export async function storeServer(
  { store }: Pick<ServerCommandSources, "store">,
  body: ToolBody,
  actor: Actor,
  { why, ifVersion }: { why: string; ifVersion: number | null },
): Promise<number> {
  const { name, description } = body;
  const entry = { kind: "tool", name, description, body } as const;
  const version = await store.configuration.save(entry, { by: actor.name, why, ifVersion });
  if (version === "changed") throw changedMeanwhile(name);
  return version;
}

/** Whether this version of the server is live; null: none is. */
export function isVersion({ tools }: Pick<Configuration, "tools">, name: string, version: number | null): boolean {
  return (tools().find((tool) => tool.name === name)?.version ?? null) === version;
}

export function changedMeanwhile(name: string): UserError {
  return new UserError("conflict", `${name} was added, changed or removed in the meantime: look at it, then repeat.`);
}

export function setSecret(vault: Pick<Vault, "set">, name: string, value: string, actor: Actor): Promise<void> {
  return inUserError(name, () => vault.set(name, value, actor.name));
}

/** Throws UserError when the vault would not take the secret. */
export function checkGiven(name: string, value: string): Promise<void> {
  return inUserError(name, () => checkSecret(name, value));
}

/** Runs `work`; a refusal of the vault becomes a UserError that names the secret. */
async function inUserError<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SecretError) throw new UserError("invalid", `${name}: ${error.message}`);
    throw error;
  }
}

export function serverNamed(configuration: Configuration, name: string): ServerOfTask & { version: number } {
  const found = configuration.tools().find((tool) => tool.name === name);
  if (found && isServer(found)) return found;
  const known = configuration.tools().filter(isServer);
  const names = known.map((tool) => tool.name).join(", ") || "none";
  throw new UserError("not_found", `There is no tool server ${name}. Servers: ${names}.`);
}

/** Throws UserError when the entry has changed since the person read version `looked`. */
export function checkVersion(name: string, seen: number | undefined, live: number): void {
  if (seen === undefined || seen === live) return;
  throw new UserError(
    "conflict",
    `${name} has changed in the meantime: you read version ${seen}, and version ${live} is live. Read it again.`,
  );
}
