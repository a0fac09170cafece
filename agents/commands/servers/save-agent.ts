/** Adds or changes an outside agent: reads its card, pins it, and stores the chosen skills as tools. */
import { z } from "zod";
import { type Actor, type ImportedServer, UserError } from "@/agents/application";
import { text } from "@/agents/operations/parse";
import type { ServerOfTask } from "@/agents/servers/context";
import { approved } from "@/agents/servers/validate";
import { configIn, hazardsOfAdded } from "@/agents/tools/outside/added-config";
import { isServer, nameOfServerTool } from "@/agents/tools/outside/server-tools";
import type { OutsideAgentRequest } from "@/core/shapes/tools";
import { plural } from "@/core/words/figures";
import { factsOf } from "@/lib/a2a/facts";
import type { OutsideAgent } from "@/lib/a2a/types";
import { authOf, checkName } from "./auth";
import {
  checkVersion,
  missingOf,
  rulesEnded,
  type SavedServer,
  type ServerCommandSources,
  setSecret,
} from "./stored-server";

const CALLS_PER_MINUTE = 10;
const MOST_CALLS_PER_MINUTE = 1_000;

type Old = ServerOfTask & { version: number; config: OutsideAgent };

/** An outside agent; see `OutsideAgentRequest`. */
export const agentFields = z.strictObject({
  name: text,
  url: text.optional(),
  card: text.optional(),
  skills: z.array(text).max(200).optional(),
  calls_per_minute: z.number("must be a number").optional(),
  auth: z.enum(["none", "bearer", "basic", "header"], "must be none, bearer, basic or header").optional(),
  header: text.optional(),
  secret: text.optional(),
});

/** Its secret goes to the vault. */
export async function saveOutsideAgent(
  sources: ServerCommandSources,
  request: OutsideAgentRequest,
  actor: Actor,
  { version }: { version?: number | null | undefined },
): Promise<SavedServer> {
  const { store, configuration, vault } = sources;
  const { name, secret } = request;
  const old = agentNamed(configuration, name);
  if (old && version === null)
    throw new UserError(
      "conflict",
      `There is an agent ${name} already: change it on its page, or choose another name.`,
    );
  if (old) checkVersion(name, version ?? undefined, old.version);
  const config = await configFor(sources, request, old);
  const { auth } = config;
  const { tools: listed, problems } = (await sources.servers()).skillsOf(config);
  if (listed.length === 0)
    throw new UserError("invalid", problems[0] ?? `No skill of ${name} is chosen: choose at least one.`);
  // Reading the card takes a while. Nobody else's secret is replaced, and the old one stays with its address.
  if (agentNamed(configuration, name)?.version !== old?.version) throw changedMeanwhile(name);
  if (secret !== undefined && auth.kind !== "none") await setSecret(vault, auth.secret, secret, actor);
  const policies = new Map(old?.server.tools.map((tool) => [tool.name, tool.policy]));
  const tools = listed.map(approved).map((tool) => {
    const policy = policies.get(tool.name);
    return { ...tool, ...(policy && { policy }) };
  });
  const body = bodyOf(config, tools, old);
  const rules = old ? await rulesEnded(sources, name, old.server.tools, actor) : "";
  const entry = { kind: "tool", name, description: body.description, body } as const;
  const said = { by: actor.name, why: old ? "Changed." : "Added.", ifVersion: old?.version ?? null };
  if ((await store.configuration.save(entry, said)) === "changed") throw changedMeanwhile(name);
  await store.toolStates.quarantine(name, null);
  const names = tools.map((tool) => nameOfServerTool(name, tool.name));
  const hazards = hazardsOfAdded(body.server);
  const server: ImportedServer = { name, tools: names, hazards, problem: null, sign_in: null };
  const missing = auth.kind === "none" ? [] : missingOf([auth.secret], vault);
  const sentence = `${name} is ${old ? "changed" : "added"}; agents can use ${plural(names.length, "skill")} of it.${rules}`;
  return { sentence, server, problems: [...problems, ...missing] };
}

function bodyOf(config: OutsideAgent, tools: ServerOfTask["server"]["tools"], old: Old | null): ServerOfTask {
  const { name, card } = config;
  return {
    name,
    title: name,
    description: `The agent ${factsOf(card).title} outside (A2A): ${plural(tools.length, "skill")}, added by a person.`,
    level: "network",
    source: "mcp",
    optional: true,
    policy: old?.policy ?? "inherit",
    availability: { available: true, since: "" },
    server: { config, tools, scope: "tree", workspace: "none" },
  };
}

async function configFor(
  sources: ServerCommandSources,
  request: OutsideAgentRequest,
  old: Old | null,
): Promise<OutsideAgent> {
  const { name, skills: wanted, calls_per_minute: most } = request;
  const address = request.url ?? old?.config.url;
  if (address === undefined) throw new UserError("invalid", "Give the agent's address.");
  const auth = authOf(request, old?.config.auth ?? null);
  const callsPerMinute = most ?? old?.config.callsPerMinute ?? CALLS_PER_MINUTE;
  if (!Number.isInteger(callsPerMinute) || callsPerMinute < 1 || callsPerMinute > MOST_CALLS_PER_MINUTE)
    throw new UserError("invalid", `The calls per minute are a whole number from 1 to ${MOST_CALLS_PER_MINUTE}.`);
  const { url, card } = await (await sources.servers()).readCard(address);
  if (request.card !== undefined && request.card !== card.hash)
    throw new UserError("conflict", `The card of ${name} has changed since you read it: read it again.`);
  const { skills } = factsOf(card);
  const chosen = new Set(wanted ?? old?.config.skills ?? []);
  const unknown = wanted?.find((id) => !skills.some((skill) => skill.id === id));
  if (unknown !== undefined)
    throw new UserError(
      "invalid",
      `The card has no skill ${unknown.slice(0, 200)}: ${skills.map(({ id }) => id).join(", ")}.`,
    );
  const ids = skills.map(({ id }) => id).filter((id) => chosen.has(id));
  if (ids.length === 0)
    throw new UserError("invalid", `No skill of ${name} is chosen: choose at least one of its card's.`);
  return { kind: "a2a", name, url, auth, skills: ids, callsPerMinute, card };
}

function changedMeanwhile(name: string): UserError {
  return new UserError("conflict", `${name} was changed or added while its card was read: look at it, then repeat.`);
}

/** Returns the agent of that name, or null for a free name. Throws UserError when the name is of something else. */
function agentNamed(configuration: ServerCommandSources["configuration"], name: string): Old | null {
  checkName(name);
  const found = configuration.tools().find((tool) => tool.name === name);
  if (!found) return null;
  const config = isServer(found) ? configIn(found.server) : null;
  if (!isServer(found) || config?.kind !== "a2a")
    throw new UserError("conflict", `${name} is the name of another tool: choose another name.`);
  return { ...found, config };
}
