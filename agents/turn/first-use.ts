/**
 * Tries an added server before its first call in a tree that may change something: with a call of it that only reads. A
 * wrong address, secret or program shows then, before anything is changed. No person is asked for the try. A failed try
 * becomes a row of the audit and an answer for the agent.
 */
import { harmlessCall, onlyReads } from "@/agents/servers/harmless";
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";
import type { Call } from "@/core/state";
import type { OpenTask } from "./open-task";
import type { World } from "./world";

const TRY_MS = 30_000;
const MOST_SAID = 1_000;

/** Returns why the call is not made now, or null. A server is tried once in a tree, so the next call is made anyway. */
export async function tryFirst(
  world: World,
  task: OpenTask,
  { server, tool }: OfferedServerTool,
  call: Call,
  context: ToolContext,
): Promise<{ content: string; outside: boolean } | null> {
  if (onlyReads(tool) || wasUsed(world, task, server.name)) return null;
  const harmless = harmlessCall(world.configuration.serverTools(task.state.servers).filter(isOf(server.name)));
  if (!harmless || !runsUnasked(world, task, harmless)) return null;
  const { offered, input } = harmless;
  const timeoutMs = Math.min(TRY_MS, context.timeoutMs);
  const { ask: _nobody, ...rest } = context;
  const outcome = await world.servers.call(offered, input, { ...rest, timeoutMs });
  const detail = outcome.isError ? "failed" : "ok";
  task.draft.audit.push({ action: "tool_tried", subject: offered.name, detail });
  if (!outcome.isError) return null;
  const said = world.redactor.redact(outcome.content).slice(0, MOST_SAID);
  return {
    content: `${call.tool} was not called. Before its first use in this tree, ${server.name} was tried with ${offered.name} ${JSON.stringify(input)}, and that failed:\n${said}\nCall ${call.tool} again to use it all the same.`,
    outside: outcome.outside ?? false,
  };
}

function isOf(name: string) {
  return ({ server }: OfferedServerTool) => server.name === name;
}

function wasUsed(world: World, { claim, draft }: OpenTask, server: string): boolean {
  const isOfServer = ({ subject }: { subject: string }) => subject.startsWith(`${server}__`);
  return draft.audit.some(isOfServer) || world.wasServerUsed(claim.treeUid, server);
}

/** Nobody approved the try, so it needs nobody's approval: rights and policies allow it, also for a tainted task. */
function runsUnasked(
  world: World,
  { state, claim }: OpenTask,
  { offered, input }: NonNullable<ReturnType<typeof harmlessCall>>,
): boolean {
  const isFolderTainted = world.loader.isFolderTainted(claim.treeId, state.assignment.folder ?? null);
  const call = { id: "try", name: offered.name, input };
  const checked = world.callCheck.check(state, isFolderTainted, new Set([offered.name]), call);
  return checked.mode !== "invalid" && checked.ask === undefined;
}
