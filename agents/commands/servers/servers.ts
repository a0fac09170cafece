/** Tool servers, web APIs and outside agents: import, change, test, sign in, accept changes, remove. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { type Actor, type ImportedServer, type TestedServer, UserError, wrongField } from "@/agents/application";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { refuseGuarded } from "@/agents/configuration/guarded-entries";
import { said, shape } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import type { ServerOfTask } from "@/agents/servers/context";
import type { Servers } from "@/agents/servers/servers";
import { SignInNeeded } from "@/agents/servers/sign-in";
import { configIn, isAgent, isApi } from "@/agents/tools/outside/added-config";
import { hazardsOfTool } from "@/agents/tools/outside/hazards";
import { namesOfServerTools } from "@/agents/tools/outside/server-tools";
import type { ToolBody } from "@/core/rules/configuration";
import type { ServerFinding, ServerToolChange, ToolText } from "@/core/shapes/tools";
import { importServers } from "@/lib/mcp/config/config";
import { changesAgainst } from "@/lib/mcp/config/schema";
import type { ListedTool } from "@/lib/mcp/config/types";
import { addServers, bodyOf, NOWHERE } from "./add-servers";
import { cardChanges, checkEndpoint } from "./cards";
import { agentFields, saveOutsideAgent } from "./save-agent";
import { apiFields, saveApi } from "./save-api";
import {
  changedMeanwhile,
  checkVersion,
  isVersion,
  missingOf,
  putServer,
  rulesEnded,
  rulesEndedBy,
  type SavedServer,
  type ServerCommandSources,
  serverNamed,
  storeServer,
} from "./stored-server";

interface ImportedServers {
  sentence: string;
  servers: ImportedServer[];
  /** What will not work, by the server's name, after the mends. */
  findings: Record<string, ServerFinding[]>;
  problems: string[];
  /** One sentence for each entry of a server that is already added. */
  already: string[];
}

const MOST_MENDS = 300;

/** The version that the person saw. */
const versionSeen = z.number().nullable().optional();

/** A server, and a sentence for each thing that a person still has to do. */
const saved = said.extend({
  server: shape<ImportedServer>("ImportedServer").describe("The server as agents can use it now."),
  problems: z.array(z.string()).describe("One sentence for each thing that was left out."),
});

export const serverOperations = {
  /**
   * `text`: a file in the `mcpServers` layout. Each server is started once, and the tools that it lists are pinned.
   * `mend`: ids of mends from its preview, applied first; `all`: the first mend of each finding. `only`: names of its
   * preview, so that a caller can say of each when it is done.
   */
  importServers: operation({
    right: "administer",
    summary: "Adds servers from a file in the `mcpServers` format, and starts each once.",
    input: z.strictObject({
      text,
      mend: z.union([z.literal("all"), z.array(text).max(MOST_MENDS)]).optional(),
      only: z.array(text).optional(),
    }),
    keepsSecrets: true,
    // A file of servers may contain keys; the names are in the rows that the import creates.
    audit: ["mend", "only"],
    result: shape<ImportedServers>("ImportedServers"),
    async run({ text: file, mend, only }, actor, world) {
      const preview = await world.queries.previewServers(file, mend);
      const added = await addServers(sourcesOf(world), preview.text ?? file, actor, only);
      const working = new Set(added.servers.flatMap(({ name, problem }) => (problem === null ? [name] : [])));
      // The path only suggests the old transport, and an address that answers does not have it.
      const isLeft = (name: string, { code }: ServerFinding) => code !== "old_transport" || !working.has(name);
      const findings = Object.fromEntries(
        preview.servers.map(({ name, findings }) => [name, findings.filter((one) => isLeft(name, one))]),
      );
      return { ...added, findings };
    },
  }),
  /**
   * `accept` approves the differences to the approved tools, when the list is still the one that the person saw, whose
   * hash is `listing`.
   */
  testServer: operation({
    right: "configure",
    summary: "Starts a server and compares its tools with the approved tools. For an API, reads its document again.",
    on: "name",
    http: "POST tools/:id/test",
    input: z.strictObject({
      accept: z
        .boolean("must be true or false")
        .optional()
        .describe("Approves the differences to the approved tools, with `listing`."),
      listing: text
        .optional()
        .describe("Hash of the list that was seen, which a test returns: with another list now, nothing is approved."),
    }),
    audit: ["accept", "listing"],
    result: shape<TestedServer>("TestedServer"),
    run: ({ id, ...options }, actor, world) => testServer(sourcesOf(world), id, actor, options),
  }),
  /** `entry`: its entry of `mcpServers`. It is started once. `version`: refused when another version is live. */
  updateServer: operation({
    right: "administer",
    summary: "Changes the configuration of a server.",
    on: "name",
    input: z.strictObject({ entry: z.record(z.string(), z.unknown()), version: z.number().optional() }),
    keepsSecrets: true,
    // A server's entry may contain keys.
    audit: [],
    result: saved,
    run: ({ id, entry, version }, actor, world) => updateServer(sourcesOf(world), id, entry, actor, version),
  }),
  /** `version`: refused when another version is live; null: refused when there is an API of that name. */
  saveApi: operation({
    right: "administer",
    summary:
      "Adds a web API by its OpenAPI document, or changes the API of that name; the chosen operations become tools.",
    input: apiFields.extend({ version: versionSeen }),
    keepsSecrets: true,
    audit: ["operations", "auth"],
    tells: ({ url, base_url }) => ({ document: url === undefined ? "a file" : hostOf(url), host: hostOf(base_url) }),
    names: ({ name }) => name,
    result: saved,
    run: ({ version, ...request }, actor, world) => saveApi(sourcesOf(world), request, actor, { version }),
  }),
  /** `version` as for `saveApi`. */
  saveOutsideAgent: operation({
    right: "administer",
    summary:
      "Adds an outside agent, or changes the agent of that name: its card is pinned, and the chosen skills become tools.",
    input: agentFields.extend({ version: versionSeen }),
    keepsSecrets: true,
    audit: ["skills", "calls_per_minute", "auth"],
    tells: ({ url }) => ({ host: url === undefined ? undefined : hostOf(url) }),
    names: ({ name }) => name,
    result: saved,
    run: ({ version, ...request }, actor, world) => saveOutsideAgent(sourcesOf(world), request, actor, { version }),
  }),
  finishServerSignIn: operation({
    right: "configure",
    summary: "Finishes a sign-in when the person has returned from the server's page, then tests the server.",
    on: "name",
    input: z.strictObject({ code: text, state: text, issuer: text.optional() }),
    audit: [],
    result: shape<TestedServer>("TestedServer"),
    async run({ id, code, state, issuer }, actor, world) {
      const sources = sourcesOf(world);
      const body = serverNamed(sources.configuration, id);
      await (await sources.servers()).finishSignIn(body, { code, state, ...(issuer !== undefined && { issuer }) });
      return testServer(sources, id, actor, {});
    },
  }),
  removeTool: operation({
    right: "configure",
    summary: "Removes a server.",
    on: "name",
    http: "DELETE tools/:id",
    audit: [],
    result: said,
    run: ({ id }, actor, world) => removeServer(sourcesOf(world), id, actor),
  }),
};

function sourcesOf(world: CommandWorld): ServerCommandSources {
  return { ...world, vault: world.security.vault };
}

/** Returns the host of an address, whose path may hold a secret. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "no address";
}

export async function removeServer(
  sources: ServerCommandSources,
  name: string,
  actor: Actor,
): Promise<{ sentence: string }> {
  const { store, configuration, vault } = sources;
  const { server } = serverNamed(configuration, name);
  refuseGuarded(configuration, { kind: "tool", name, after: null }, actor);
  const rules = await rulesEnded(sources, name, server.tools, actor);
  // A later server of the same name must not get these secrets, so they go first: after a failure, a repeat finds the rest.
  const own = vault.list().filter((secret) => secret.name.startsWith(`mcp/${name}/`));
  for (const secret of own) await vault.remove(secret.name);
  await store.configuration.remove("tool", name);
  await store.toolStates.quarantine(name, null);
  const servers = await sources.servers();
  await servers.closeServer(name);
  const gone = own.length > 0 ? ` Its secrets are removed too (${own.length}).` : "";
  // A later server of the same name must not find them.
  const files = (await servers.removeState(name)) ? " The files that it kept are removed too." : "";
  return { sentence: `Removed the server ${name}. Tasks can no longer call its tools.${gone}${files}${rules}` };
}

async function updateServer(
  sources: ServerCommandSources,
  name: string,
  entry: Record<string, unknown>,
  actor: Actor,
  seen: number | undefined,
): Promise<SavedServer> {
  const { configuration, vault } = sources;
  const old = serverNamed(configuration, name);
  checkVersion(name, seen, old.version);
  if (old.server.files)
    throw new UserError(
      "conflict",
      `An agent wrote the code of ${name}: ask for a new proposal, or remove the server.`,
    );
  if (isApi(old.server))
    throw new UserError("conflict", `${name} is a web API: change it with “banyan apis add”, or on its page.`);
  if (isAgent(old.server))
    throw new UserError(
      "conflict",
      `${name} is an outside agent: change it with “banyan outside-agents add”, or on its page.`,
    );
  const found = importServers(JSON.stringify({ mcpServers: { [name]: entry } }));
  const [config] = found.servers;
  if (!config) throw new UserError("invalid", found.problems[0] ?? "The entry contains no server.");
  const fresh = bodyOf(config, found.placements[name] ?? NOWHERE);
  // Policies of single tools stay. By changing the server, the person approves the tools that it lists now.
  const body = { ...fresh, policy: old.policy, server: { ...fresh.server, tools: old.server.tools } };
  const { secrets } = found;
  const { server, rules } = await putServer(sources, body, actor, { why: "Changed.", old, secrets });
  await (await sources.servers()).closeServer(name);
  const problems = missingOf(found.missing, vault);
  const answers = `answers with ${server.tools.length === 1 ? "1 tool" : `${server.tools.length} tools`}`;
  const policies =
    old.policy === "inherit" && !old.server.tools.some((tool) => tool.policy) ? "" : " Its policies stay.";
  const sentence = `${name} is changed; it ${server.problem ? "does not answer" : answers}.${policies}${rules}`;
  return { sentence, server, problems };
}

async function testServer(
  sources: ServerCommandSources,
  name: string,
  actor: Actor,
  { accept = false, listing: seen }: { accept?: boolean | undefined; listing?: string | undefined },
): Promise<TestedServer> {
  const { store, configuration } = sources;
  const body = serverNamed(configuration, name);
  if (accept && seen === undefined)
    throw wrongField(
      "listing",
      "Say which list you approve: test the server without `accept`, and send its `listing`.",
    );
  const servers = await sources.servers();
  const isStill = () => isVersion(configuration, name, body.version);
  let described: Awaited<ReturnType<Servers["describe"]>>;
  try {
    described = await servers.describe(body, isStill);
  } catch (error) {
    if (!(error instanceof SignInNeeded)) throw error;
    const sentence = `The server ${name} needs a sign-in: open the address below on the machine that Banyan runs on.`;
    return { sentence, tools: [], left_out: [], changes: [], listing: "", ok: false, sign_in: error.page };
  }
  // The server took its time, and may have been changed or removed. Nothing of that is undone or released here.
  if (!isStill()) throw changedMeanwhile(name);
  const { tools, late, problems: left_out } = described;
  if (body.server.tools.some((tool) => late.includes(tool.name)))
    throw new UserError(
      "conflict",
      `Reading the tools of ${name} took too long, so nothing is decided: test it again.`,
    );
  const names = namesOfServerTools(name, tools);
  const changes = [...cardChanges(body.server, described), ...changesOf(body, tools)];
  const listing = listingOf(tools, described.config ?? body.server.config);
  const words = changes.map((change) => `${change.name} is ${change.change}`).join(", ");
  // A server that never answered has no approved tools yet, so its first list needs no acceptance.
  const isFirst = body.server.tools.length === 0;
  if (accept && seen !== listing) throw changedAgain(name);
  if (changes.length > 0 && !accept && !isFirst) {
    await store.toolStates.quarantine(name, `${words}; a person must accept that.`);
    const sentence = `${name} answers, but has changed since its approval: ${words}. It is held back until a person accepts the changes.`;
    return { sentence, tools: names, left_out: [...left_out], changes, listing, ok: false, sign_in: null };
  }
  let rules = "";
  if (changes.length > 0 || !body.availability.available) {
    refuseGuarded(configuration, { kind: "tool", name, after: body }, actor);
    checkEndpoint(body, described);
    const validated = await servers.validate({ ...body, availability: { available: true, since: "" } }, isStill);
    // The server was asked again, so only the list that the person saw is accepted.
    const { tools: now = [], config } = validated.server ?? {};
    if (!isFirst && listingOf(now, config) !== listing) throw changedAgain(name);
    rules = await rulesEndedBy(sources, body, validated, actor);
    const saving = { why: words || "It answers again.", ifVersion: body.version };
    await storeServer(sources, withoutVersion(validated), actor, saving);
  } else if (!isSameList(left_out, body.server.leftOut ?? [])) {
    const saving = { why: "What is left out of its list has changed.", ifVersion: body.version };
    await storeServer(sources, withoutVersion(leavingOut(body, left_out)), actor, saving);
  }
  await store.toolStates.quarantine(name, null);
  await servers.closeServer(name);
  const accepted = isFirst || words === "" ? "" : `; accepted: ${words}`;
  const sentence = `${name} answers with ${tools.length === 1 ? "1 tool" : `${tools.length} tools`}${accepted}.${rules}`;
  return { sentence, tools: names, left_out: [...left_out], changes, listing, ok: true, sign_in: null };
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((sentence, index) => sentence === other[index]);
}

function leavingOut(body: ServerOfTask & { version: number }, sentences: readonly string[]) {
  const { leftOut: _, ...server } = body.server;
  return { ...body, server: { ...server, ...(sentences.length > 0 && { leftOut: [...sentences] }) } };
}

function changedAgain(name: string): UserError {
  return new UserError("conflict", `${name} has changed again since you looked: test it again.`);
}

/** Returns the differences between the listed and the approved tools, with both texts. */
function changesOf({ server }: ServerOfTask, listed: readonly ListedTool[]): ServerToolChange[] {
  const approved = server.tools;
  const pinned = Object.fromEntries(approved.map((tool) => [tool.name, tool.hash]));
  const textOf = (tools: readonly Pick<ListedTool, "name" | "description" | "inputSchema">[], name: string) => {
    const found = tools.find((tool) => tool.name === name);
    return found ? ({ description: found.description, schema: found.inputSchema } satisfies ToolText) : null;
  };
  const hazardsOf = (name: string) =>
    listed.filter((tool) => tool.name === name).flatMap((tool) => hazardsOfTool(server, tool));
  return changesAgainst(pinned, listed)
    .filter(({ change }) => change !== "unchanged")
    .map(({ name, change }) => {
      const texts = { before: textOf(approved, name), after: textOf(listed, name) };
      return { name, change, ...texts, hazards: hazardsOf(name) };
    });
}

function listingOf(tools: readonly Pick<ListedTool, "name" | "hash">[], config: unknown): string {
  const added = configIn({ config });
  const lines = tools.map(({ name, hash }) => `${name} ${hash}`).sort();
  if (added.kind === "a2a") lines.push(`card ${added.card.hash}`);
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

function withoutVersion(body: ToolBody & { version?: number }): ToolBody {
  const { version: _, ...rest } = body;
  return rest;
}
