/** Runs one tool call: commits the decision before the call, and folds in its response afterwards. */
import { attach } from "@/agents/tools/contract/attach";
import type { ToolCharge, ToolContext, ToolOutcome, WorldTool } from "@/agents/tools/contract/tool";
import { failureOf } from "@/agents/tools/files/workspace-tool";
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";
import { idOf } from "@/core/ids";
import { notReadBy } from "@/core/log/attachments";
import type { CallFault } from "@/core/log/call-faults";
import type { Entry } from "@/core/log/entries";
import { response } from "@/core/notes";
import { cutOutput, outputShare } from "@/core/output-share";
import { executorOf, isProgram } from "@/core/programs/names";
import type { Call } from "@/core/state";
import { WorkspaceError } from "@/lib/workspace/path";
import { subjectOf } from "./approvals";
import { callAsks, withdrawAsks } from "./call-asks";
import { type CallModels, callModels } from "./call-models";
import { callTimes, cutOff, keepPrinted, type Printed, withPrinted } from "./cut-off";
import { tryFirst } from "./first-use";
import { folderOf, hiddenFrom, workplaceAt, workplaceOf } from "./folders";
import { ensureFiles, keepFirst } from "./keep-files";
import { commit, endIfStopped, note, type OpenTask, rereadOutside } from "./open-task";
import { callAtPlace, takePlace } from "./place";
import { noteFlag } from "./repository-check";
import { noteCharges } from "./reserve";
import { showCall } from "./show";
import { timeLeftMs } from "./time-left";
import { GRACE_MS, settledInTime, type TimeLimit, timeLimit } from "./time-limit";
import type { RefusedCall, World } from "./world";

/** Larger for programs, because they pay no tokens and parse what they read. */
const PROGRAM_OUTPUT_CHARS = 4_000_000;
/** At most this much of a long output is stored for paging. */
const KEPT_CHARS = 8_000_000;

/** When the call began, and what it cost beside the task's own model calls. */
interface Use {
  startedMs: number;
  microUsd: number;
}

/**
 * Runs the call. A tool that fails or takes too long gives a response like any other. Throws LeaseLostError, and the
 * signal's reason when aborted without a stop.
 */
export async function runTool(world: World, task: OpenTask, call: Call, signal: AbortSignal): Promise<void> {
  const tool = world.catalogue.world.get(call.tool);
  const added = tool ? null : world.callCheck.serverTool(task.state, call.tool);
  const hasFolder = task.state.assignment.workspace !== "none";
  const unplaced = hasFolder ? await beforeCall(world, task, call, { tool, added }, signal) : null;
  if (unplaced !== null) return note(task, [faulty(task, call, "files_missing", unplaced)]);
  taintBefore(world, task, call);
  await commit(world, task);
  if (task.letters.some((letter) => letter.kind === "stop")) return;
  // A stop may have been committed in the same transaction, after this record.
  if (signal.aborted) return endIfStopped(world, task, signal);
  // A call with its mark on disk counts as in flight, and a pause lets it finish. If it did not run now, it would count
  // as interrupted.
  if (task.held && call.mode !== "once") return;
  const { claim, state } = task;
  // Before the call's own time begins, because a checkout may take minutes without a sign of life.
  const unrun = await whyNotRun(world, task, call, signal);
  if (unrun) return note(task, [unrun]);
  if (signal.aborted) return endIfStopped(world, task, signal);
  world.mustHold(claim);
  const own = tool?.timeoutMs?.(call.input);
  const timeoutMs = Math.max(1, Math.min(own ?? state.setup.timeoutMs, timeLeftMs(world, task)));
  const { longestMs, silentMs } = callTimes(world, tool, timeoutMs, own);
  const limit = timeLimit(world.timers, signal, { timeoutMs: longestMs, silentMs });
  const alive = () => world.alive(claim.uid, longestMs + GRACE_MS);
  alive();
  const models = callModels(world, task, call, { signal: limit.signal, alive, onActivity: limit.alive });
  const use: Use = { startedMs: world.now(), microUsd: 0 };
  const shown = showCall(world, task, call);
  const printed = keepPrinted(shown);
  const charges: ToolCharge[] = [];
  try {
    const own = { ...ownOf(world, task, call, { models, limit, alive }), timeoutMs };
    const given = {
      ...own,
      hidden: await hiddenFrom(world, task),
      inLine: limit.hold,
      onCharge: (charge: ToolCharge) => charges.push(charge),
    };
    const context = contextOf(world, task, call, given, printed);
    const work = added
      ? callAdded(world, task, added, call, context)
      : world.tools.call(call.tool, call.input, context);
    const outcome = await settledInTime(world.timers, limit.signal, work).finally(async () => {
      use.microUsd = await models.close();
      use.microUsd += noteCharges(world, task, call.tool, charges);
    });
    rereadOutside(world, task);
    if (limit.endedBy() === "aside") return noteSetAside(task, call);
    if (limit.endedBy() === "silence") return await noteSilence(world, task, call, { silentMs, use, printed, outcome });
    noteOutcome(world, task, call, added ? ofServer(outcome) : outcome, use);
  } catch (error) {
    if (limit.endedBy() === "aside" && !signal.aborted) return noteSetAside(task, call);
    if (error instanceof WorkspaceError) {
      noteOutcome(world, task, call, failureOf(error), use);
      return;
    }
    if (limit.endedBy() === "silence" && !signal.aborted)
      return await noteSilence(world, task, call, { silentMs, use, printed, outcome: null });
    if (limit.endedBy() === "time" && !signal.aborted) {
      const seconds = Math.round(timeoutMs / 1_000);
      const sentence = `The call was ended by its timeout after ${seconds} seconds.`;
      const content = await withPrinted(sentence, printed, null);
      noteOutcome(world, task, call, { ...cutOff(world, task, call), content, fault: "timeout" }, use);
      return;
    }
    if (!signal.aborted) throw error;
    await endIfStopped(world, task, signal);
  } finally {
    shown.end();
    limit.end();
  }
}

/**
 * Taints the folder before a call that may leave content from outside in it: one that is cut, silent or in the background
 * leaves files, and no answer that says so.
 */
function taintBefore(world: World, { state, draft }: OpenTask, call: Call): void {
  if (state.assignment.workspace === "none" || !world.callCheck.mayLeaveOutside(state, call)) return;
  draft.taintsFolders.push(state.assignment.folder ?? null);
}

function ofServer(outcome: ToolOutcome): ToolOutcome {
  return outcome.isError ? { fault: "server_failed", ...outcome } : outcome;
}

interface Called {
  tool: WorldTool | undefined;
  added: OfferedServerTool | null;
}

/** Makes sure that a runner has the folder of a tree that works on runners, and keeps it as it is; returns why none has it. */
async function beforeCall(world: World, task: OpenTask, call: Call, { tool, added }: Called, signal: AbortSignal) {
  const problem = await problemOf(takePlace(world, task, call, signal), signal);
  const mayChangeFiles = tool ? tool.level !== "read" : added?.server.server.workspace === "write";
  if (problem === null && mayChangeFiles && !signal.aborted) await keepBefore(world, task, signal);
  return problem;
}

/** Keeps the folder as it is before the first call that may change it. */
async function keepBefore(world: World, task: OpenTask, signal: AbortSignal) {
  await keepFirst(world, task, signal);
  // A call may make a repository that no result shows, so the end of the task looks for new ones.
  await workplaceOf(world, task).git.rememberRepositories(signal);
  task.mayHaveChangedFiles = true;
}

/** Calls an added server's tool, after the server was tried in this tree. */
async function callAdded(
  world: World,
  task: OpenTask,
  added: OfferedServerTool,
  call: Call,
  context: ToolContext,
): Promise<ToolOutcome> {
  const failed = await tryFirst(world, task, added, call, context);
  if (failed) return { ...failed, isError: true };
  // Again, because the try may have taken half a minute.
  const refused = refusalNow(world, task, call);
  if (refused) return { content: refused.problem, isError: true, fault: refused.refused };
  return world.servers.call(added, call.input, context);
}

/** Returns why the call must not run any more, and notes it for the audit; or null. */
function refusalNow(world: World, { state, draft }: OpenTask, call: Call): RefusedCall | null {
  // What goes on after a crash has begun before.
  const refused = call.resumes && call.starts > 1 ? null : world.callCheck.refusalNow(state, call);
  if (refused) draft.audit.push(refused.refusal);
  return refused;
}

interface Running {
  models: CallModels;
  limit: TimeLimit;
  /** Reports a sign of life of the task's work. */
  alive(): void;
}

/** Returns what a call knows of its end, and what it can do in its middle: use models, ask a person, record. */
function ownOf(
  world: World,
  task: OpenTask,
  call: Call,
  { models, limit, alive }: Running,
): Omit<Given, "timeoutMs" | "onCharge"> {
  const { claim, state } = task;
  const { record } = models;
  return {
    callId: idOf(claim.uid, call, "call"),
    signal: limit.signal,
    endedBy: () => endOf(limit),
    onActivity: limit.alive,
    openModels: models.open,
    reserve: ({ model, inputTokens, outputTokens, microUsd }) => {
      const usage = { inputTokens, outputTokens, cacheReadTokens: 0, cacheWriteTokens: 0 };
      const most = { tokens: inputTokens + outputTokens, microUsd: microUsd + (world.costOf(model, usage) ?? 0) };
      return models.hold(model, most);
    },
    // A replay asks nobody.
    ...(!state.setup.replay && { ask: callAsks(world, task, call, { record, limit, alive }) }),
    ...(call.starts > 1 && { resumed: call.executors }),
    onExecutor: async (event) => {
      const content = { ...world.redactor.redactValue(event), call: call.id };
      await record(() => note(task, [{ kind: "event", turn: state.turn, content }]));
    },
  };
}

/** The call rests until a person has answered, and then continues. */
function noteSetAside(task: OpenTask, call: Call): void {
  note(task, [{ kind: "event", turn: task.state.turn, content: { type: "call_set_aside", call: call.id } }]);
}

/** The parts of the context that belong to this call. */
type Given = Pick<
  ToolContext,
  | "callId"
  | "signal"
  | "endedBy"
  | "onActivity"
  | "reserve"
  | "onCharge"
  | "openModels"
  | "timeoutMs"
  | "ask"
  | "resumed"
  | "onExecutor"
>;

/** Returns everything of the host that the call may use. */
function contextOf(
  world: World,
  task: OpenTask,
  call: Call,
  { hidden, inLine, ...limits }: Given & { hidden: string[]; inLine(): () => void },
  shown: Required<Pick<ToolContext, "onProgress" | "onOutput">>,
): ToolContext {
  const { claim, state } = task;
  const folder = folderOf(world, task);
  const hides = { ...folder, hiddenPaths: [...folder.hiddenPaths, ...hidden] };
  const { hosts, fetchHosts } = world.configuration.policy();
  return {
    treeId: claim.treeUid,
    taskId: claim.uid,
    agent: state.setup.agent,
    // A coding agent uses the language model that its program was given.
    model: executorOf(state.setup.model) === null ? state.setup.model : (state.setup.below ?? ""),
    workplace:
      state.assignment.workspace === "none"
        ? null
        : workplaceAt(world, task, hides, { inLine, ...callAtPlace(world, task, call) }),
    cacheDir: folder.cacheDir,
    network: {
      allowed: state.setup.rights.includes("network"),
      hosts: [...hosts, ...fetchHosts],
      privateHosts: world.limits.privateHosts,
    },
    servers: state.servers,
    ...limits,
    onProgress: (line) => {
      limits.onActivity?.();
      shown.onProgress(line);
    },
    onOutput: shown.onOutput,
  };
}

/** Records the response for the model, the complete output when it is longer, its files, the tool's use and the audit row. */
function noteOutcome(world: World, task: OpenTask, call: Call, outcome: ToolOutcome, use: Use, became?: "ended"): void {
  const { state, draft } = task;
  withdrawAsks(task, call);
  const isError = outcome.isError ?? false;
  const lost = state.lostFiles;
  const text = world.redactor.redact(outcome.content);
  const most = isProgram(state.setup.model)
    ? PROGRAM_OUTPUT_CHARS
    : outputShare(state, world.limitsOf(state.setup.model));
  const { attachments, bytes, lines } = attach(outcome.files ?? [], {
    redactor: world.redactor,
    whyNotShown: (file) => notReadBy(file, state.setup.model, world.limitsOf(state.setup.model)),
  });
  const entry = response(state, call, text, isError);
  const fault = outcome.fault ?? (isError ? "failed" : null);
  if (fault !== null) entry.content.fault = fault;
  if (outcome.outside) entry.content.outside = true;
  if (text.length > most) {
    entry.content.text = cutOutput(text, most, call.id);
    entry.content.wholeChars = text.length;
    draft.outputs.push({ callId: call.id, turn: state.turn, text: text.slice(0, KEPT_CHARS) });
  }
  // The agent reads once what is gone with a runner.
  if (lost !== null) {
    entry.content.text = `${lost}\n${entry.content.text}`;
    entry.content.tellsLost = true;
  }
  // After the cut, so that the model always reads which files came.
  if (lines.length > 0) entry.content.text = [entry.content.text, ...lines].filter(Boolean).join("\n");
  if (attachments.length > 0) entry.content.attachments = attachments;
  draft.attachments.push(...bytes.map((content) => ({ turn: state.turn, bytes: content })));
  // What a task that has read such content writes may hold it too.
  const leavesTaint = outcome.outside || (state.tainted && (call.level ?? "read") !== "read");
  if (leavesTaint && state.assignment.workspace !== "none") draft.taintsFolders.push(state.assignment.folder ?? null);
  noteUse(world, task, call, became ?? (isError ? "failed" : "ok"), use);
  if (outcome.flag) noteFlag(task, idOf(task.claim.uid, call, "flag"), outcome.flag);
  note(task, [entry]);
}

/** Returns the response to a call that the host ended or did not run. */
function faulty({ state }: OpenTask, call: Call, fault: CallFault, text: string): Entry {
  const entry = response(state, call, text, true);
  entry.content.fault = fault;
  return entry;
}

/** Records the call for the registry of tools and the audit. */
function noteUse(
  world: World,
  { draft }: OpenTask,
  call: Call,
  became: "ok" | "failed" | "ended",
  { startedMs, microUsd }: Use,
): void {
  const durationMs = world.now() - startedMs;
  draft.toolUses.push({ tool: call.tool, isError: became !== "ok", durationMs });
  const detail = `${call.level ?? "read"} ${became} ${subjectOf(call).slice(0, 16)} ${Math.round(durationMs)} ${microUsd}`;
  draft.audit.push({ action: "tool_call", subject: call.tool, detail });
}

/** Returns the response to a call whose files are missing, or that is not allowed any more; else null. */
async function whyNotRun(world: World, task: OpenTask, call: Call, signal: AbortSignal): Promise<Entry | null> {
  const hasFolder = task.state.assignment.workspace !== "none";
  const problem = hasFolder ? await missingFiles(world, task, signal) : null;
  if (problem !== null) return faulty(task, call, "files_missing", problem);
  const refused = signal.aborted ? null : refusalNow(world, task, call);
  return refused && faulty(task, call, refused.refused, refused.problem);
}

/** Makes sure that the task's files exist; returns why they do not, or null. */
function missingFiles(world: World, task: OpenTask, signal: AbortSignal): Promise<string | null> {
  return problemOf(ensureFiles(world, task, signal), signal);
}

/** Resolves with the sentence of a failure that the agent may read; null: there is none, or the work is aborted. */
async function problemOf(work: Promise<void>, signal: AbortSignal): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (signal.aborted) return null;
    if (error instanceof WorkspaceError) return error.message;
    throw error;
  }
}

function endOf(limit: TimeLimit): "time" | "silence" | null {
  const endedBy = limit.endedBy();
  return endedBy === "time" || endedBy === "silence" ? endedBy : null;
}

interface Silent {
  silentMs: number | null;
  use: Use;
  printed: Printed;
  outcome: ToolOutcome | null;
}

/** Records that a rule ended a silent call; the agent reads why, with what the call had printed, and continues. */
async function noteSilence(
  world: World,
  task: OpenTask,
  call: Call,
  { silentMs, use, printed, outcome }: Silent,
): Promise<void> {
  const seconds = Math.round((silentMs ?? 0) / 1_000);
  const evidence = `For ${seconds} seconds ${call.tool} neither printed anything nor used the processor.`;
  task.draft.interventions.push({ rule: "silent_tool", action: "stop", evidence: `${evidence} The call was ended.` });
  if (outcome?.tellsItsEnd) {
    noteOutcome(world, task, call, outcome, use);
    return;
  }
  const text = `The supervisor ended the call: ${evidence} Its outcome is unknown; check before you repeat it.`;
  const content = await withPrinted(text, printed, outcome);
  noteOutcome(world, task, call, { ...cutOff(world, task, call), content, fault: "silent" }, use, "ended");
}
