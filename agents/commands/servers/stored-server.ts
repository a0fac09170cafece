/** What the commands for added servers share: reading, testing and saving a stored server. */
import { type Actor, type ImportedServer, UserError } from "@/agents/application";
import type { Configuration } from "@/agents/configuration/configuration";
import type { ServerOfTask } from "@/agents/servers/context";
import type { Servers } from "@/agents/servers/servers";
import { SignInNeeded } from "@/agents/servers/sign-in";
import { hazardsOfAdded } from "@/agents/tools/outside/added-config";
import { isServer, nameOfServerTool } from "@/agents/tools/outside/server-tools";
import type { ServerTool, ToolBody } from "@/core/rules/configuration";
import { serverIdentity } from "@/core/rules/server-identity";
import type { Store } from "@/db/store";
import { SecretError } from "@/lib/secrets/errors";
import type { Vault } from "@/lib/secrets/vault";

export interface ServerCommandSources {
  store: Pick<Store, "configuration" | "decisions" | "toolStates">;
  configuration: Configuration;
  servers(): Promise<
    Pick<Servers, "validate" | "describe" | "readApi" | "readCard" | "skillsOf" | "closeServer" | "finishSignIn">
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
  const ended = await store.decisions.revokeRulesFor(
    tools.map((tool) => nameOfServerTool(name, tool.name)),
    actor.name,
  );
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

/**
 * Saves the server, in place of `old`. One that does not answer is saved as unavailable, with the reason, so that it can
 * be fixed. `rules`: a sentence about the rules that this ended, or "".
 */
export async function putServer(
  sources: ServerCommandSources,
  body: ServerOfTask,
  actor: Actor,
  { why, old }: { why: string; old?: ServerOfTask },
): Promise<{ server: ImportedServer; rules: string }> {
  const { name, description } = body;
  let validated: ToolBody = body;
  let problem: string | null = null;
  let page: string | null = null;
  try {
    validated = await (await sources.servers()).validate(body);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problem = error.message;
    if (error instanceof SignInNeeded) page = error.page;
    validated = { ...body, availability: { available: false, reason: error.message } };
  }
  const rules = old ? await rulesEndedBy(sources, old, validated, actor) : "";
  await sources.store.configuration.put({ kind: "tool", name, description, body: validated }, actor.name, why);
  await sources.store.toolStates.quarantine(name, null);
  const listed = validated.server?.tools ?? [];
  const hazards = hazardsOfAdded({ config: body.server.config, tools: listed });
  const tools = listed.map((tool) => nameOfServerTool(name, tool.name));
  return { server: { name, tools, hazards, problem, sign_in: page }, rules };
}

export async function setSecret(vault: Pick<Vault, "set">, name: string, value: string, actor: Actor): Promise<void> {
  try {
    await vault.set(name, value, actor.name);
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
