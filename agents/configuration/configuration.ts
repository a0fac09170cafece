/** The configuration that tasks use: live entries for new tasks, pinned versions for running tasks. Cached. */
import type { Registry } from "@/agents/tools/contract/control";
import {
  isServer,
  namesOfServerTools,
  type OfferedServerTool,
  offeredOf,
  serversNamedIn,
} from "@/agents/tools/outside/server-tools";
import { forSubtasks } from "@/agents/tools/subtasks/host-agents";
import { type Confinement, confinedSetup, toolsWithin } from "@/core/confine";
import type { Level, Setup } from "@/core/log/entries";
import type { PinnedVersion, ServerVersion } from "@/core/log/versions";
import { needsModel } from "@/core/programs/names";
import type { AgentBody, DocumentBody, RunbookBody, ToolBody } from "@/core/rules/configuration";
import { DEFAULT_HOST_POLICY, type HostPolicy } from "@/core/rules/policy";
import type { PromptTexts } from "@/core/rules/prompt";
import { isSelector } from "@/core/selection";
import type { ConfigurationStore, LiveEntry } from "@/db/configuration/configuration";

/** Returns the runbook that an instruction names or that fits it, or null. */
export type RunbookFinder = (instruction: string, runbooks: { name: string; text: string }[]) => string | null;

/** What a task inherits from its parent or its submission. */
type Inherited = {
  model: string;
  rights: Level[];
  instruction: string;
  runbook?: string;
  pinned?: Pinned;
  replay?: true;
  memory?: Setup["memory"];
  memoryFixed?: Setup["memoryFixed"];
  lessons?: Setup["lessons"];
} & Confinement;

type Pinned = readonly PinnedVersion[] | undefined;

export interface Configuration {
  agents(): (AgentBody & { version: number; edited: boolean })[];
  documents(): (DocumentBody & { version: number; edited: boolean })[];
  tools(): (ToolBody & { version: number })[];
  runbooks(): (RunbookBody & { version: number })[];
  /** Returns the tools of these versions of servers. */
  serverTools(servers: readonly ServerVersion[]): OfferedServerTool[];
  /** Returns the live policy of the installation. */
  policy(): HostPolicy;
  /** Returns the live policy of a tool: whether its calls run, need approval, or are refused. */
  policyOf(tool: string): ToolBody["policy"];
  /** See ConfigurationStore. */
  refusedBefore: ConfigurationStore["refusedBefore"];
  /** Throws when there is no such agent: check `agents()` first. */
  setupFor(agent: string, inherited: Inherited): Setup;
  /** Returns the texts of the task's pinned versions. */
  textsOf(setup: Setup): PromptTexts;
  registryFor(setup: Setup): Registry;
  /** Returns the version that tasks with these pinned versions use; without them the live one. */
  agentBody(name: string, pinned?: Pinned): AgentBody | null;
}

export interface ConfigurationOptions {
  defaultTimeoutMs: number;
  /** Defaults for agents: how long questions and approvals may wait, and the answer after that. */
  askTimeoutMs?: number | null;
  askDefault?: string | null;
  findRunbook: RunbookFinder;
  /** Hosts that the settings allow, until an admin changes the list. */
  allowedHosts?: readonly string[];
  /** Hosts that agents may fetch from without approval. */
  fetchHosts?: readonly string[];
}

interface ConfigurationContext {
  store: ConfigurationStore;
  options: ConfigurationOptions;
  /** The live entries, as of a revision of the store. */
  current: Lists & { revision: string };
  /** Versions that were read once; they never change. */
  kept: Map<string, unknown>;
  policyKept: { json: string | null; policy: HostPolicy };
}

export function createConfiguration(store: ConfigurationStore, options: ConfigurationOptions): Configuration {
  const context: ConfigurationContext = {
    store,
    options,
    current: { revision: "none", ...listsOf([]) },
    kept: new Map(),
    policyKept: { json: null, policy: readPolicy(null, options) },
  };
  const lists = () => listsNow(context);
  return {
    agents: () => lists().agents,
    documents: () => lists().documents,
    tools: () => lists().tools,
    runbooks: () => lists().runbooks,
    serverTools: (servers) => servers.flatMap((server) => offered(context, server)),
    policy: () => policyNow(context),
    policyOf: (tool) => lists().policies.get(tool) ?? "inherit",
    refusedBefore: store.refusedBefore,
    setupFor: (name, inherited) => setupFor(context, name, inherited),
    textsOf: (setup) => textsOf(context, setup),
    agentBody: (name, pinned) => agentBody(listsWith(context, pinned), name),
    registryFor: (setup) => registryFor(listsWith(context, setup.pinned), setup),
  };
}

function listsNow(context: ConfigurationContext): Lists {
  const revision = context.store.revision();
  if (revision !== context.current.revision) context.current = { revision, ...listsOf(context.store.live()) };
  return context.current;
}

/** Returns the live entries, with pinned versions in place of theirs. */
function listsWith(context: ConfigurationContext, pinned: Pinned): Lists {
  const live = listsNow(context);
  if (!pinned || pinned.length === 0) return live;
  const fixed = <Entry extends { name: string; version: number }>(kind: LiveEntry["kind"], entries: Entry[]): Entry[] =>
    entries.map((entry) => {
      const version = pinned.find(
        (pinnedVersion) => pinnedVersion.kind === kind && pinnedVersion.name === entry.name,
      )?.version;
      const body = version === undefined ? null : versionOf<object>(context, kind, entry.name, version);
      return body ? ({ ...entry, ...body, name: entry.name, version } as Entry) : entry;
    });
  return {
    policies: live.policies,
    agents: fixed("agent", live.agents),
    documents: fixed("document", live.documents),
    tools: fixed("tool", live.tools),
    runbooks: fixed("runbook", live.runbooks),
  };
}

function versionOf<T>(
  { store, kept }: ConfigurationContext,
  kind: LiveEntry["kind"],
  name: string,
  version: number,
): T | null {
  const key = `${kind} ${name} ${version}`;
  if (!kept.has(key)) kept.set(key, store.version(kind, name, version));
  return kept.get(key) as T | null;
}

function offered(context: ConfigurationContext, { name, version }: ServerVersion): OfferedServerTool[] {
  const { kept } = context;
  const key = `offered ${name} ${version}`;
  if (!kept.has(key)) {
    const body = versionOf<ToolBody>(context, "tool", name, version);
    kept.set(key, body && isServer(body) ? offeredOf({ ...body, name }, version) : []);
  }
  return kept.get(key) as OfferedServerTool[];
}

function policyNow(context: ConfigurationContext): HostPolicy {
  const json = context.store.policy();
  if (json !== context.policyKept.json) context.policyKept = { json, policy: readPolicy(json, context.options) };
  return context.policyKept.policy;
}

function setupFor(context: ConfigurationContext, name: string, inherited: Inherited): Setup {
  const { options } = context;
  const { agents, documents, runbooks, tools } = listsWith(context, inherited.pinned);
  const agent = agents.find((agent) => agent.name === name);
  if (!agent) throw new Error(`There is no agent ${name}.`);
  const model = agent.model === "inherit" ? inherited.model : agent.model;
  const wanted =
    model === "runbook" ? (inherited.runbook ?? options.findRunbook(inherited.instruction, runbooks)) : null;
  const runbook = runbooks.find((runbook) => runbook.name === wanted);
  const confinement = confinedSetup(agent, inherited);
  const servers = serversNamedIn(confinement.tools, tools);
  return {
    agent: name,
    agentVersion: agent.version,
    model,
    ...(needsModel(model) && { below: inherited.model }),
    ...confinement,
    documents: agent.documents.flatMap((document) => {
      const found = documents.find((known) => known.name === document);
      return found ? [{ name: document, version: found.version }] : [];
    }),
    runbook: runbook ? { name: runbook.name, version: runbook.version } : null,
    // Never more rights than the parent, whatever the agent's settings say.
    rights: agent.rights ? inherited.rights.filter((level) => agent.rights?.includes(level)) : inherited.rights,
    ...(servers.length > 0 && { servers }),
    ...(inherited.pinned && inherited.pinned.length > 0 && { pinned: [...inherited.pinned] }),
    ...(inherited.replay && { replay: true }),
    ...(inherited.memory && { memory: inherited.memory }),
    ...(inherited.memoryFixed && { memoryFixed: true }),
    ...(inherited.lessons && { lessons: inherited.lessons }),
    ...(agent.webSearch && { webSearch: true }),
    finishing: agent.finishing,
    maxTurns: agent.limits.maxTurns ?? null,
    outputTokens: agent.limits.outputTokens ?? null,
    effort: agent.effort ?? null,
    ...(agent.a2aAnswer && { a2aAnswer: agent.a2aAnswer }),
    timeoutMs: agent.limits.timeoutSeconds ? agent.limits.timeoutSeconds * 1_000 : options.defaultTimeoutMs,
    askTimeoutMs: agent.limits.askTimeoutSeconds
      ? agent.limits.askTimeoutSeconds * 1_000
      : (options.askTimeoutMs ?? null),
    askDefault: agent.limits.askDefault ?? options.askDefault ?? null,
  };
}

function textsOf(context: ConfigurationContext, setup: Setup): PromptTexts {
  const agent = versionOf<AgentBody>(context, "agent", setup.agent, setup.agentVersion);
  const runbook =
    setup.runbook && versionOf<RunbookBody>(context, "runbook", setup.runbook.name, setup.runbook.version);
  return {
    instruction: agent?.instruction ?? "",
    documents: [
      ...setup.documents.map(({ name, version }) => {
        return { name, body: versionOf<DocumentBody>(context, "document", name, version)?.body ?? "" };
      }),
      // With the list in its prompt, agent_selector needs no turn to read it.
      ...(isSelector(setup.agent) ? [{ name: "agents", body: agentList(listsNow(context)) }] : []),
    ],
    runbook: setup.runbook && runbook ? { name: setup.runbook.name, text: runbook.text } : null,
  };
}

/** Returns the agents that a subtask can use, one JSON object on each line. */
function agentList(lists: Lists): string {
  return forSubtasks(shownAgents(lists))
    .map((agent) => JSON.stringify(agent))
    .join("\n");
}

function agentBody({ agents }: Lists, name: string): AgentBody | null {
  const found = agents.find((agent) => agent.name === name);
  if (!found) return null;
  const { version: _, edited: __, ...body } = found;
  return body;
}

function shownAgents({ agents }: Lists): Registry["agents"] {
  return agents.map(({ name, description, model, tools, documents, webSearch }) => {
    return { name, description, model, tools, documents, web_search: webSearch };
  });
}

function registryFor(lists: Lists, setup: Setup): Registry {
  const { agents, documents, tools } = lists;
  return {
    agents: shownAgents(lists),
    documents: documents.map(({ name, description, body, version }) => {
      const readers = agents.filter((agent) => agent.documents.includes(name));
      return { name, description, body, version, agents: readers.map((agent) => agent.name) };
    }),
    tools: tools.filter((tool) => tool.optional).map((tool) => registeredTool(tool, setup)),
  };
}

/** Returns the tool with the reason why the task cannot have it, if any. */
function registeredTool(tool: Lists["tools"][number], setup: Setup): Registry["tools"][number] {
  const { name, title, description, version, level, leastLevel, policy, source, availability, server } = tool;
  const least = leastLevel ?? level;
  const rightless = setup.rights.includes(least)
    ? null
    : `it needs the right “${least}”, which this task does not have`;
  const lacks = name === "web_search" && !setup.webSearch ? "its agent may not search the web" : rightless;
  const isBeyond = toolsWithin([name], setup.within).length === 0;
  const barred = isBeyond ? "a person confined this task to a list of tools without it" : lacks;
  const note = availability.available ? barred : availability.reason;
  const tools = server && namesOfServerTools(name, server.tools);
  const shown = { name, title, description, version, level, policy, source, note, ...(tools && { tools }) };
  return { ...shown, available: availability.available };
}

/** Returns the stored policy over the defaults, which are safe. */
function readPolicy(json: string | null, given: Pick<ConfigurationOptions, "allowedHosts" | "fetchHosts">): HostPolicy {
  const set = (json === null ? {} : JSON.parse(json)) as Partial<HostPolicy>;
  return {
    levels: { ...DEFAULT_HOST_POLICY.levels, ...set.levels },
    // An admin's list replaces the list of the settings.
    hosts: set.hosts ?? [...(given.allowedHosts ?? [])],
    fetchHosts: [...(given.fetchHosts ?? [])],
  };
}

type Lists = ReturnType<typeof listsOf>;

/** Returns the live entries by kind, each in its own shape. */
function listsOf(entries: LiveEntry[]) {
  const of = (kind: LiveEntry["kind"]) => entries.filter((entry) => entry.kind === kind);
  return {
    policies: new Map(of("tool").map(({ name, body }) => [name, (body as ToolBody).policy])),
    agents: of("agent").map(({ body, version, edited }) => ({ ...(body as AgentBody), version, edited })),
    documents: of("document").map(({ name, description, body, version, edited }) => {
      return { name, description, body: (body as DocumentBody).body, version, edited };
    }),
    tools: of("tool").map(({ name, description, body, version }) => {
      return { ...(body as ToolBody), name, description, version };
    }),
    runbooks: of("runbook").map(({ name, description, body, version }) => {
      return { name, description, text: (body as RunbookBody).text, version };
    }),
  };
}
