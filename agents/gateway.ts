/**
 * The one way to every tool: core, built-in, or of an added server. Before a call stands in the log it is checked here
 * (offered? valid? within the rights, the policies and what the task has read?), and nothing but what passed is ever run.
 */
import type { AuditedAct } from "@/db/records";
import { isCovered } from "@/lib/net/host-list";
import type { Configuration } from "./configuration";
import type { CallMode, Level } from "./core/entries";
import type { ToolCallRequest, ToolSpec } from "./core/model";
import { judge } from "./core/policy";
import type { TaskState } from "./core/state";
import { schemaProblem } from "./schema-problem";
import { effectOfServer, namedIn, type OfferedServerTool } from "./server-tools";
import type { Catalogue } from "./tools/catalogue";
import type { CallEffect } from "./tools/tool";

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

export function createGateway({ catalogue, configuration, quarantineOf }: GatewaySources): Gateway {
  const serverTool = (state: TaskState, name: string) =>
    configuration.serverTools(state.servers).find((one) => one.name === name) ?? null;

  function judged(
    state: TaskState,
    isFolderTainted: boolean,
    call: ToolCallRequest,
    mode: CallMode,
    of: Judged,
  ): CheckedCall {
    const { rights } = state.setup;
    const refused = (problem: string): CheckedCall => ({
      mode: "invalid",
      problem,
      refusal: { action: "tool_refused", subject: call.name, detail: problem },
    });
    const { effect, policy, name } = of;
    const lacking = [effect.level, effect.alsoNeeds].find((level) => level && !rights.includes(level));
    if (lacking) return refused(`${call.name} needs the right “${lacking}”, which this task does not have.`);
    const held = quarantineOf(name);
    if (held !== null) return refused(`${call.name} is held back: ${held}`);
    const isTainted = state.tainted || (isFolderTainted && state.assignment.workspace !== "none");
    const host = configuration.policy();
    const { hosts = [], level, sends } = effect;
    const isListed = hosts.length > 0 && hosts.every((one) => isCovered(host.hosts, one));
    const { policy: found, why } = judge(policy, { level, isListed, sends }, isTainted, host);
    if (found === "deny") return refused(`${call.name} is switched off here by its policy.`);
    if (found === "ask") return { mode, level: effect.level, ask: true, ...(why !== null && { why }) };
    return { mode, level: effect.level };
  }

  return {
    serverTool,
    specsFor(state) {
      const offered = configuration.serverTools(state.servers);
      return catalogue.specsFor(state.setup, state.assignment.role, state.addedTools, (name) =>
        namedIn([name], offered).map((one) => one.spec),
      );
    },
    check(state, isFolderTainted, offered, call) {
      if (!offered.has(call.name)) {
        return {
          mode: "invalid",
          problem: `There is no tool ${call.name} for you. You have: ${[...offered].join(", ")}.`,
        };
      }
      if (call.malformed) {
        return { mode: "invalid", problem: `The arguments of ${call.name} are not valid JSON. Send the call again.` };
      }
      const added = serverTool(state, call.name);
      const problem = added ? schemaProblem(added.tool, call.input ?? {}) : catalogue.problemOf(call);
      if (problem !== null) {
        return { mode: "invalid", problem: `The arguments of ${call.name} are not valid. ${problem}.` };
      }
      if (added) {
        // It may be gone, or switched off, since the task began; the schema that the task keeps is the approved one.
        const live = configuration.tools().find((tool) => tool.name === added.server.name);
        const policy = live ? (toolIn(live, added)?.policy ?? live.policy) : "deny";
        const of = { effect: effectOfServer(added.server), policy, name: added.server.name };
        return judged(state, isFolderTainted, call, "once", of);
      }
      const tool = catalogue.world.get(call.name);
      if (!tool) return { mode: "control" };
      if (tool.name === "web_search" && !state.setup.webSearch) {
        const text = `${state.setup.agent} may not search the web: its configuration says so.`;
        return {
          mode: "invalid",
          problem: text,
          refusal: { action: "tool_refused", subject: call.name, detail: text },
        };
      }
      const effect = tool.effectOf?.(tool.input.parse(call.input ?? {})) ?? { level: tool.level };
      const mode = tool.afterCrash === "repeat" ? "repeat" : "once";
      return judged(state, isFolderTainted, call, mode, {
        effect,
        policy: configuration.policyOf(tool.name),
        name: tool.name,
      });
    },
  };
}

interface Judged {
  effect: CallEffect;
  policy: Parameters<typeof judge>[0];
  /** Under which its state is kept. */
  name: string;
}

function toolIn(live: { server?: { tools: { name: string; policy?: Judged["policy"] }[] } }, added: OfferedServerTool) {
  return live.server?.tools.find((tool) => tool.name === added.tool.name);
}
