/**
 * The only way to any tool: core, built-in, or of an added server. Each call is checked here before it is written to
 * the log: whether it is offered, valid, within the rights and policies, and allowed for a tainted task. Only calls
 * that pass are ever run.
 */
import type { Configuration } from "@/agents/configuration/configuration";
import type { ServerOfTask } from "@/agents/servers/context";
import type { Catalogue } from "@/agents/tools/catalogue";
import type { CallEffect, WorldTool } from "@/agents/tools/contract/tool";
import {
  effectOfCall,
  effectOfServer,
  isSameServer,
  isServer,
  namedIn,
  type OfferedServerTool,
} from "@/agents/tools/outside/server-tools";
import type { CallRefusal } from "@/core/log/call-faults";
import type { CallMode } from "@/core/log/entries";
import type { ToolCallRequest, ToolSpec } from "@/core/log/model";
import { isReading } from "@/core/rules/api-operation";
import { judge, type ToolPolicy } from "@/core/rules/policy";
import type { Call, TaskState } from "@/core/state";
import { isCovered } from "@/lib/net/host-list";
import { MOST_SHOWN_CHARS, shownArguments } from "./approvals";
import { schemaProblem } from "./schema-problem";
import type { CallCheck, CheckedCall, RefusedCall } from "./world";

export interface CallCheckSources {
  catalogue: Catalogue;
  configuration: Configuration;
  /** Returns why a tool or a server is held back, or null. */
  quarantineOf(tool: string): string | null;
}

export function createCallCheck(sources: CallCheckSources): CallCheck {
  return {
    serverTool: (state, name) => serverTool(sources, state, name),
    specsFor: (state) => specsFor(sources, state),
    refusalNow: (state, call) => refusalNow(sources, state, call),
    mayLeaveOutside: (state, call) => mayLeaveOutside(sources, state, call),
    check: (state, isFolderTainted, offered, call) => check(sources, state, isFolderTainted, offered, call),
  };
}

function serverTool({ configuration }: CallCheckSources, state: TaskState, name: string): OfferedServerTool | null {
  return configuration.serverTools(state.servers).find((tool) => tool.name === name) ?? null;
}

function specsFor({ catalogue, configuration }: CallCheckSources, state: TaskState): ToolSpec[] {
  const offered = configuration.serverTools(state.servers);
  return catalogue.specsFor(state.setup, state.assignment.role, state.addedTools, (name) =>
    namedIn([name], offered).map((tool) => tool.spec),
  );
}

function check(
  sources: CallCheckSources,
  state: TaskState,
  isFolderTainted: boolean,
  offered: ReadonlySet<string>,
  call: ToolCallRequest,
): CheckedCall {
  if (!offered.has(call.name)) {
    return {
      mode: "invalid",
      refused: "unknown_tool",
      problem: `You have no tool ${call.name}. Your tools: ${[...offered].join(", ")}.`,
    };
  }
  if (call.malformed) {
    return {
      mode: "invalid",
      refused: "malformed",
      problem: `The arguments of ${call.name} are not valid JSON: ${call.fault ?? "they have no reading"}. Send the call again.`,
    };
  }
  const added = serverTool(sources, state, call.name);
  const problem = added
    ? schemaProblem(added.tool, call.input ?? {})
    : sources.catalogue.problemOf(call, state.setup.agent);
  if (problem !== null) {
    const sentence = `The arguments of ${call.name} are not valid. ${problem}.`;
    return { mode: "invalid", refused: "invalid_arguments", problem: sentence };
  }
  if (added) return checkAdded(sources, state, isFolderTainted, call, added);
  const tool = sources.catalogue.world.get(call.name);
  if (!tool) return checkControl(sources, call);
  return checkOwn(sources, state, isFolderTainted, call, tool);
}

/** Checks a call of an added server's tool. */
function checkAdded(
  sources: CallCheckSources,
  state: TaskState,
  isFolderTainted: boolean,
  call: ToolCallRequest,
  added: OfferedServerTool,
): CheckedCall {
  const of = ofAdded(sources, added, call.input);
  if (typeof of === "string") return refusedCall(call, "unavailable", of);
  const { operation, skill } = added.tool;
  // A repeated message to an outside agent is the same message, so that the agent handles it once.
  const isRepeatable = skill !== undefined || (operation !== undefined && isReading(operation));
  return judged(sources, state, isFolderTainted, call, isRepeatable ? "repeat" : "once", of);
}

/**
 * Returns the refusal of a call that was allowed when the agent made it, or null. Until it runs, it may have waited for
 * an approval, for other calls, or while its tree was paused.
 */
function refusalNow(sources: CallCheckSources, state: TaskState, call: Call): RefusedCall | null {
  const of = ofCall(sources, state, call);
  if (of === null) return null;
  const { id, tool: name, input } = call;
  const asked = { id, name, input };
  return typeof of === "string" ? refusedCall(asked, "unavailable", of) : ruledOut(sources, state, asked, of);
}

/** Returns what a call in the log touches and its policy, or why it cannot be made; null for one that only writes records. */
function ofCall(sources: CallCheckSources, state: TaskState, { tool: name, input }: Call): Judged | string | null {
  const tool = sources.catalogue.world.get(name);
  const added = tool ? null : serverTool(sources, state, name);
  const parsed = tool?.input.safeParse(input ?? {});
  return (
    (added && ofAdded(sources, added, input)) ??
    (tool && parsed?.success ? ofOwn(sources, state, tool, parsed.data) : null)
  );
}

function mayLeaveOutside(sources: CallCheckSources, state: TaskState, call: Call): boolean {
  if (sources.catalogue.world.get(call.tool)?.leavesOutside) return true;
  const of = ofCall(sources, state, call);
  return of !== null && typeof of !== "string" && of.effect.level === "network" && of.effect.alsoNeeds === "write";
}

/** Checks a call that only writes records in its own tree. It needs no right and no approval, but can be switched off. */
function checkControl({ configuration }: CallCheckSources, call: ToolCallRequest): CheckedCall {
  if (configuration.policyOf(call.name) !== "deny") return { mode: "control" };
  return refusedCall(call, "denied", `The policy of ${call.name} does not allow calls.`);
}

/** Checks a call of a built-in world tool. */
function checkOwn(
  sources: CallCheckSources,
  state: TaskState,
  isFolderTainted: boolean,
  call: ToolCallRequest,
  tool: WorldTool,
): CheckedCall {
  if (tool.name === "web_search" && !state.setup.webSearch) {
    return refusedCall(call, "denied", `The configuration of ${state.setup.agent} does not allow web search.`);
  }
  const { model } = state.setup;
  const unavailable = tool.unavailable?.({ model }) ?? null;
  if (unavailable !== null) return { mode: "invalid", refused: "unavailable", problem: unavailable };
  const input = tool.input.parse(call.input ?? {});
  const mode = tool.afterCrash === "repeat" ? "repeat" : "once";
  const of = ofOwn(sources, state, tool, input);
  if (typeof of === "string") return refusedCall(call, "unavailable", of);
  const checked = judged(sources, state, isFolderTainted, call, mode, of);
  return tool.afterCrash === "resume" ? { ...checked, resumes: true } : checked;
}

/** Returns what a call of an added server touches and its policy, or why the server cannot be called. */
function ofAdded(sources: CallCheckSources, added: OfferedServerTool, input: unknown): Judged | string {
  const live = liveServer(sources, added.server);
  if (typeof live === "string") return live;
  return { effect: effectOfCall(added, input), policy: policyIn(live, added), name: added.server.name };
}

/** Returns the same of a built-in tool. Its call may read from an added server. */
function ofOwn(sources: CallCheckSources, state: TaskState, tool: WorldTool, input: unknown): Judged | string {
  if (tool.serverOf) return resourceCall(sources, state, tool.name, tool.serverOf(input));
  const effect = tool.effectOf?.(input, { model: state.setup.model }) ?? { level: tool.level };
  return { effect, policy: sources.configuration.policyOf(tool.name), name: tool.name };
}

/** Returns the live server, or why it cannot be called: a person may have removed, replaced or switched it off. */
function liveServer({ configuration }: CallCheckSources, { name, server }: ServerOfTask): ServerOfTask | string {
  const live = configuration.tools().find((tool) => tool.name === name);
  if (!live || !isServer(live)) return `A person has removed the server ${name}, so you can no longer call it.`;
  if (!live.availability.available) return `The server ${name} is switched off: ${live.availability.reason}`;
  // A different server under the same name. The task must not use its secrets through the old version.
  if (!server.files && !isSameServer(server, live.server))
    return `A person has replaced the server ${name}; request_tools gives you the new server.`;
  return live;
}

/** Judges a read from a server. The stricter of the policies of `tool` and of the server applies. */
function resourceCall(sources: CallCheckSources, state: TaskState, tool: string, name: string): Judged | string {
  const { configuration } = sources;
  const kept = configuration.serverTools(state.servers).find((tool) => tool.server.name === name)?.server;
  if (!kept) {
    const names = state.servers.map((server) => server.name).join(", ");
    return `This task has no server ${name}. Its servers: ${names || "none"}; request_tools may give it more.`;
  }
  const live = liveServer(sources, kept);
  if (typeof live === "string") return live;
  return { effect: effectOfServer(kept), policy: stricter(configuration.policyOf(tool), live.policy), name };
}

function judged(
  sources: CallCheckSources,
  state: TaskState,
  isFolderTainted: boolean,
  call: ToolCallRequest,
  mode: CallMode,
  of: Judged,
): CheckedCall {
  const refused = ruledOut(sources, state, call, of);
  if (refused) return refused;
  const isTainted = state.tainted || (isFolderTainted && state.assignment.workspace !== "none");
  const host = sources.configuration.policy();
  const { hosts = [], level, alsoNeeds, sends } = of.effect;
  const listed = sends ? host.hosts : [...host.hosts, ...host.fetchHosts];
  const isListed = hosts.length > 0 && hosts.every((host) => isCovered(listed, host));
  const { policy, why, unasked } = judge(of.policy, { level, alsoNeeds, isListed, sends }, isTainted, host);
  if (policy !== "ask") return { mode, level, ...(unasked && { unasked }) };
  // A person must see the whole call before approving it, so a call that cannot be shown is refused.
  const chars = shownArguments(call.input).length;
  if (chars > MOST_SHOWN_CHARS) {
    return refusedCall(
      call,
      "too_long_to_show",
      `${call.name} needs approval, and a person must see the whole call: its arguments have ${chars} characters, and ${MOST_SHOWN_CHARS} can be shown. Put the material into a file of the workspace, and make the call shorter.`,
    );
  }
  return { mode, level, ask: true, ...(why !== null && { why }) };
}

/** Returns the refusal of a call that no approval allows: by a right, the quarantine or a policy; or null. */
function ruledOut(
  { configuration, quarantineOf }: CallCheckSources,
  state: TaskState,
  call: ToolCallRequest,
  { effect, policy, name }: Judged,
): RefusedCall | null {
  const { rights } = state.setup;
  const lacking = [effect.level, effect.alsoNeeds].find((level) => level && !rights.includes(level));
  if (lacking)
    return refusedCall(call, "no_right", `${call.name} needs the right “${lacking}”, which this task does not have.`);
  const held = quarantineOf(name);
  if (held !== null) return refusedCall(call, "held_back", `${call.name} is held back: ${held}`);
  // Neither taint nor the listed hosts change a deny.
  const { level, alsoNeeds } = effect;
  const { policy: found } = judge(policy, { level, alsoNeeds, isListed: false }, false, configuration.policy());
  if (found !== "deny") return null;
  return refusedCall(call, "denied", `The policy of ${call.name} does not allow calls.`);
}

interface Judged {
  effect: CallEffect;
  policy: ToolPolicy;
  /** The name under which the quarantine of the tool or server is stored. */
  name: string;
}

function refusedCall({ name }: ToolCallRequest, refused: CallRefusal, problem: string): RefusedCall {
  return { mode: "invalid", refused, problem, refusal: { action: "tool_refused", subject: name, detail: problem } };
}

/** Returns the tool's policy. It overrides the server's policy, unless the server's policy is deny. */
function policyIn(live: ServerOfTask, added: OfferedServerTool): ToolPolicy {
  if (live.policy === "deny") return "deny";
  return live.server.tools.find((tool) => tool.name === added.tool.name)?.policy ?? live.policy;
}

function stricter(a: ToolPolicy, b: ToolPolicy): ToolPolicy {
  for (const policy of ["deny", "ask"] as const) if (a === policy || b === policy) return policy;
  return b;
}
