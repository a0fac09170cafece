/**
 * The one way to every tool: core, built-in, or of an added server. Before a call stands in the log it is checked here
 * (offered? valid? within the rights, the policies and what the task has read?), and nothing but what passed is ever run.
 */

import type { Configuration } from "@/agents/configuration/configuration";
import type { ServerOfTask } from "@/agents/servers/context";
import type { Catalogue } from "@/agents/tools/catalogue";
import type { CallEffect, WorldTool } from "@/agents/tools/contract/tool";
import { effectOfServer, isServer, namedIn, type OfferedServerTool } from "@/agents/tools/outside/server-tools";
import type { CallMode, Level } from "@/core/log/entries";
import type { ToolCallRequest, ToolSpec } from "@/core/log/model";
import { judge, type ToolPolicy } from "@/core/rules/policy";
import type { TaskState } from "@/core/state";
import type { AuditedAct } from "@/db/records/records";
import { canonicalJson } from "@/lib/mcp/config/schema";
import { isCovered } from "@/lib/net/host-list";
import { MOST_SHOWN_CHARS, shownArguments } from "./approvals";
import { schemaProblem } from "./schema-problem";

export interface CheckedCall {
  mode: CallMode;
  /** What the model reads when the call is not carried out. */
  problem?: string;
  level?: Level;
  /** A person must approve it; `why`: for what other reason than the tool's own policy. */
  ask?: true;
  why?: string;
  /** It was refused by a right or a policy, and not for its form: worth a row of the audit. */
  refusal?: AuditedAct;
}

export interface Gateway {
  /** In an order that does not depend on how the agent's list is written, so that the prompt's bytes stay. */
  specsFor(state: TaskState): ToolSpec[];
  check(state: TaskState, isFolderTainted: boolean, offered: ReadonlySet<string>, call: ToolCallRequest): CheckedCall;
  /** The server's tool that a name stands for, in the version that the task keeps; null: it is none. */
  serverTool(state: TaskState, name: string): OfferedServerTool | null;
}

export interface GatewaySources {
  catalogue: Catalogue;
  configuration: Configuration;
  /** Why a tool or a server is held back at present; null: it is not. */
  quarantineOf(tool: string): string | null;
}

export function createGateway(sources: GatewaySources): Gateway {
  return {
    serverTool: (state, name) => serverTool(sources, state, name),
    specsFor: (state) => specsFor(sources, state),
    check: (state, isFolderTainted, offered, call) => check(sources, state, isFolderTainted, offered, call),
  };
}

function serverTool({ configuration }: GatewaySources, state: TaskState, name: string): OfferedServerTool | null {
  return configuration.serverTools(state.servers).find((one) => one.name === name) ?? null;
}

function specsFor({ catalogue, configuration }: GatewaySources, state: TaskState): ToolSpec[] {
  const offered = configuration.serverTools(state.servers);
  return catalogue.specsFor(state.setup, state.assignment.role, state.addedTools, (name) =>
    namedIn([name], offered).map((one) => one.spec),
  );
}

function check(
  sources: GatewaySources,
  state: TaskState,
  isFolderTainted: boolean,
  offered: ReadonlySet<string>,
  call: ToolCallRequest,
): CheckedCall {
  if (!offered.has(call.name)) {
    return {
      mode: "invalid",
      problem: `There is no tool ${call.name} for you. You have: ${[...offered].join(", ")}.`,
    };
  }
  if (call.malformed) {
    return {
      mode: "invalid",
      problem: `The arguments of ${call.name} are not valid JSON, or larger than any call needs (2 MB, 100 levels, 50,000 values). Send the call again.`,
    };
  }
  const added = serverTool(sources, state, call.name);
  const problem = added
    ? schemaProblem(added.tool, call.input ?? {})
    : sources.catalogue.problemOf(call, state.setup.agent);
  if (problem !== null) {
    return { mode: "invalid", problem: `The arguments of ${call.name} are not valid. ${problem}.` };
  }
  if (added) return checkAdded(sources, state, isFolderTainted, call, added);
  const tool = sources.catalogue.world.get(call.name);
  if (!tool) return { mode: "control" };
  return checkOwn(sources, state, isFolderTainted, call, tool);
}

/** A call of an added server's tool. */
function checkAdded(
  sources: GatewaySources,
  state: TaskState,
  isFolderTainted: boolean,
  call: ToolCallRequest,
  added: OfferedServerTool,
): CheckedCall {
  const live = liveServer(sources, added.server);
  if (typeof live === "string") return refusedCall(call, live);
  const policy = policyIn(live, added);
  const of = { effect: effectOfServer(added.server), policy, name: added.server.name };
  return judged(sources, state, isFolderTainted, call, "once", of);
}

/** A call of one of our own tools that work on the world. */
function checkOwn(
  sources: GatewaySources,
  state: TaskState,
  isFolderTainted: boolean,
  call: ToolCallRequest,
  tool: WorldTool,
): CheckedCall {
  if (tool.name === "web_search" && !state.setup.webSearch) {
    return refusedCall(call, `${state.setup.agent} may not search the web: its configuration says so.`);
  }
  const unavailable = tool.unavailable?.() ?? null;
  if (unavailable !== null) return { mode: "invalid", problem: unavailable };
  const input = tool.input.parse(call.input ?? {});
  const mode = tool.afterCrash === "repeat" ? "repeat" : "once";
  if (tool.serverOf) {
    const of = resourceCall(sources, state, tool.name, tool.serverOf(input));
    if (typeof of === "string") return refusedCall(call, of);
    return judged(sources, state, isFolderTainted, call, mode, of);
  }
  const effect = tool.effectOf?.(input) ?? { level: tool.level };
  const of = { effect, policy: sources.configuration.policyOf(tool.name), name: tool.name };
  return judged(sources, state, isFolderTainted, call, mode, of);
}

/** As it is now, whatever version the task keeps: a person may have removed it or switched it off since. */
function liveServer({ configuration }: GatewaySources, { name, server }: ServerOfTask): ServerOfTask | string {
  const live = configuration.tools().find((tool) => tool.name === name);
  if (!live || !isServer(live)) return `The server ${name} was removed by a person, so it cannot be called any more.`;
  if (!live.availability.available) return `The server ${name} is switched off: ${live.availability.reason}`;
  // Another one under the same name: what belongs to it, such as its secrets, is not for the one that was removed.
  if (!server.files && canonicalJson(server.config) !== canonicalJson(live.server.config))
    return `The server ${name} was replaced by a person; request_tools gives you the new one.`;
  return live;
}

/** The policy of `tool` counts beside that of the server that it reads from, and loosens nothing. */
function resourceCall(sources: GatewaySources, state: TaskState, tool: string, name: string): Judged | string {
  const { configuration } = sources;
  const kept = configuration.serverTools(state.servers).find((one) => one.server.name === name)?.server;
  if (!kept) {
    const names = state.servers.map((one) => one.name).join(", ");
    return `This task has no server ${name}. It has: ${names || "none"}; request_tools may give it more.`;
  }
  const live = liveServer(sources, kept);
  if (typeof live === "string") return live;
  return { effect: effectOfServer(kept), policy: stricter(configuration.policyOf(tool), live.policy), name };
}

function judged(
  { configuration, quarantineOf }: GatewaySources,
  state: TaskState,
  isFolderTainted: boolean,
  call: ToolCallRequest,
  mode: CallMode,
  of: Judged,
): CheckedCall {
  const { rights } = state.setup;
  const refused = (problem: string) => refusedCall(call, problem);
  const { effect, policy, name } = of;
  const lacking = [effect.level, effect.alsoNeeds].find((level) => level && !rights.includes(level));
  if (lacking) return refused(`${call.name} needs the right “${lacking}”, which this task does not have.`);
  const held = quarantineOf(name);
  if (held !== null) return refused(`${call.name} is held back: ${held}`);
  const isTainted = state.tainted || (isFolderTainted && state.assignment.workspace !== "none");
  const host = configuration.policy();
  const { hosts = [], level, sends } = effect;
  const listed = sends ? host.hosts : [...host.hosts, ...host.fetchHosts];
  const isListed = hosts.length > 0 && hosts.every((one) => isCovered(listed, one));
  const { policy: found, why } = judge(policy, { level, isListed, sends }, isTainted, host);
  if (found === "deny") return refused(`${call.name} is switched off here by its policy.`);
  if (found !== "ask") return { mode, level: effect.level };
  // Whoever decides sees all of what would run, or it does not come before them.
  const chars = shownArguments(call.input).length;
  if (chars > MOST_SHOWN_CHARS) {
    return refused(
      `${call.name} waits for a person here, who has to see all of what would run: its arguments have ${chars} characters, and ${MOST_SHOWN_CHARS} can be shown. Put the material into a file of the workspace, and make the call shorter.`,
    );
  }
  return { mode, level: effect.level, ask: true, ...(why !== null && { why }) };
}

interface Judged {
  effect: CallEffect;
  policy: ToolPolicy;
  /** Under which its state is kept. */
  name: string;
}

function refusedCall({ name }: ToolCallRequest, problem: string): CheckedCall {
  return { mode: "invalid", problem, refusal: { action: "tool_refused", subject: name, detail: problem } };
}

/** A tool's own policy goes before its server's, but a server that is switched off is so with all of its tools. */
function policyIn(live: ServerOfTask, added: OfferedServerTool): ToolPolicy {
  if (live.policy === "deny") return "deny";
  return live.server.tools.find((tool) => tool.name === added.tool.name)?.policy ?? live.policy;
}

function stricter(one: ToolPolicy, other: ToolPolicy): ToolPolicy {
  for (const policy of ["deny", "ask"] as const) if (one === policy || other === policy) return policy;
  return other;
}
