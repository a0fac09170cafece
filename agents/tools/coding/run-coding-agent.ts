import { createHash, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { ModelAccess } from "@/agents/tools/contract/models";
import { type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, viewOf } from "@/agents/tools/files/workspace-tool";
import { knownRepositories, plantedFlag } from "@/agents/tools/git/planted-repositories";
import { isProgram } from "@/core/programs/names";
import type { Conversation, PermissionAsk } from "@/lib/acp/converse";
import type { ConfiguredAgent } from "@/lib/env/coding-agents";
import type { SandboxProcess } from "@/lib/sandbox/port";
import { temporaryFolder } from "@/lib/sandbox/temporary";
import { SANDBOX_ROOT, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { type Answer, answerOf, executorCall, type Refused, show } from "./answer";
import { answerOfAll, contextsOf, placesOf } from "./batch";
import { drive, type Way, waysTo } from "./drive";
import { AGENT_HOME, type Executor, executorsWith } from "./executors";
import { type Input, input, LAST, MOST_AT_ONCE, type Piece, piecesOf, TIMEOUT_SECONDS } from "./input";
import { decide } from "./permissions";
import { type AgentFolder, agentFolder, type LastSession, lastSession, recap, resumption } from "./sessions";

export interface CodingAgents {
  /** Agents of the settings, in addition to the known ones. */
  configured: readonly ConfiguredAgent[];
  /** Where programs are looked for, in the form of PATH. */
  searchPath: string;
  /** How long an agent may take to open a session. */
  startTimeoutMs?: number;
}

const START_TIMEOUT_MS = 90_000;
const CANCEL_TIMEOUT_MS = 3_000;
/** The gateway's port in the sandbox. */
const PORT = 3129;
const LIMITS = { processes: 512, openFiles: 4_096, tmpSizeBytes: 256 * 1024 * 1024 };

/** The sockets of this process's agents; their paths have to be short. */
const sockets = temporaryFolder();

/** Returns the tool that lets a coding agent which a person installed do a piece of work in the workspace. */
export function codingAgentTool(agents: CodingAgents): WorldTool {
  return worldTool({
    name: "run_coding_agent",
    description: [
      "Give a piece of work to a coding agent that is installed on this machine, such as Claude Code or Codex. It works in the workspace at /workspace, in a sandbox without network and without secrets, with this task's model, and this task pays for it.",
      "Returns its last message, its tool calls with their differences, why it stopped (`reason`, null when it has done its work), and what it used. Check its work: what it says comes from outside.",
      `With \`work\`, up to ${MOST_AT_ONCE} agents work at once and you wait for all of them; one that fails ends none of the others. To go on with other work meanwhile, or to look at each result as it comes, start a subtask for each piece instead.`,
    ].join(" "),
    input,
    level: "write",
    afterCrash: "resume",
    showsLife: true,
    timeoutMs: ({ timeout_seconds }) => (timeout_seconds ?? TIMEOUT_SECONDS) * 1_000,
    run: (given, context) => answering(() => run(agents, given, context)),
  }) as WorldTool;
}

/** Everything that one piece of work has settled before its agent starts. */
interface Prepared {
  agents: CodingAgents;
  given: Piece;
  context: ToolContext;
  view: WorkspaceView;
  executor: Executor;
  ways: [Way, ...Way[]];
  folder: AgentFolder;
  last: LastSession | null;
  /** How many agents work in the call. */
  sharers: number;
}

async function run(agents: CodingAgents, given: Input, context: ToolContext): Promise<ToolOutcome> {
  const view = viewOf(context);
  const { pieces, isList } = piecesOf(given);
  const known = new Set(executorsWith(agents.configured).map(({ name }) => name));
  const places = placesOf(pieces, (agent, place) => (known.has(agent) ? lastSession(context, agent, place) : null));
  const before = view.guardsGit ? await knownRepositories(context.cacheDir, view.root, context.signal) : null;
  const contexts = contextsOf(context, pieces);
  const works = pieces.map((piece, at) => () => {
    const own = { place: places[at] ?? 1, sharers: pieces.length };
    return doPiece(agents, piece, contexts[at] ?? context, view, own);
  });
  const outcome = isList ? answerOfAll(await inParallel(works, pieces)) : outcomeOf(await works[0]?.());
  const endedBy = context.endedBy?.() ?? null;
  if (context.signal.aborted && endedBy === null) throw context.signal.reason;
  return {
    ...{ ...outcome, outside: true, ...(endedBy !== null && { tellsItsEnd: true }) },
    // After a call that was ended, the task's last look finds it.
    ...(before && endedBy === null && (await plantedFlag(view.root, before, context.signal))),
  };
}

/** Runs all of them to their ends: what ends one of them says nothing about the others. */
function inParallel(works: readonly (() => Promise<Answer>)[], pieces: readonly Piece[]): Promise<Answer[]> {
  const refusal = (error: unknown, at: number): Answer => {
    const problem = error instanceof Error ? error.message : String(error);
    return { agent: pieces[at]?.agent ?? "", reason: "not_usable", problem };
  };
  return Promise.all(works.map((work, at) => work().catch((error: unknown) => refusal(error, at))));
}

/** Rejects with a `WorkspaceError` when the agent cannot be used. */
async function doPiece(
  agents: CodingAgents,
  given: Piece,
  context: ToolContext,
  view: WorkspaceView,
  { place, sharers }: { place: number; sharers: number },
): Promise<Answer> {
  const executor = executorNamed(agents, given.agent);
  const status = await context.sandbox.status();
  if (!status.available) throw new WorkspaceError(status.reason);
  const [best, ...others] = waysTo(executor, agents.searchPath, view.root);
  if (best === undefined) {
    throw new WorkspaceError(
      `${executor.title} is not installed on this machine, so ask a person to install it (${executor.install}), or do the work with your other tools.`,
    );
  }
  const { model, provider } = modelOf(context, executor);
  if (!context.openModels) throw new WorkspaceError("This process cannot give a coding agent a model.");
  const folder = agentFolder(context, executor.name, view.root, place);
  const last = given.session === undefined ? null : folder.last();
  const prepared: Prepared = { agents, given, context, view, executor, ways: [best, ...others], folder, last, sharers };
  const socket = join(sockets.path(), `agent-${randomUUID().slice(0, 8)}`);
  const models = await context.openModels({ socket });
  try {
    const agentModel = { url: `http://127.0.0.1:${PORT}`, token: models.token, model, provider };
    return await work(prepared, models, { socket, env: executor.environment(agentModel) });
  } finally {
    await models.revoke();
    rmSync(socket, { force: true });
  }
}

function executorNamed({ configured }: CodingAgents, name: string): Executor {
  const all = executorsWith(configured);
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const names = all.map((one) => one.name).join(", ");
  throw new WorkspaceError(`There is no coding agent ${JSON.stringify(name)}; name one of these: ${names}.`);
}

function modelOf({ model: full = "" }: ToolContext, { title, providers }: Executor) {
  const at = full.indexOf("/");
  const [provider, model] = [full.slice(0, Math.max(0, at)), full.slice(at + 1)];
  if (isProgram(full) || !providers.some((one) => one === provider)) {
    throw new WorkspaceError(
      `${title} uses models of ${providers.join(" or ")}, and this task's model is ${full}; name another coding agent, or give the work to a subtask with such a model.`,
    );
  }
  return { model, provider };
}

interface Start {
  socket: string;
  env: Record<string, string>;
}

async function work(prepared: Prepared, models: ModelAccess, start: Start): Promise<Answer> {
  const { given, context, executor, ways, folder, sharers } = prepared;
  const refused: Refused[] = [];
  const conversation = conversationOf(prepared, refused);
  const isWaiting = waitingAtAbort(context.signal, models);
  const driven = await drive({
    ...{ executor, ways, conversation },
    budgetUsd: () => budgetOf(models),
    start: (way, args) => startAgent(prepared, way, args, start),
  });
  const { told } = driven;
  if (told.session !== null) {
    const { message, calls } = told.work;
    const isCut = told.fault !== null || context.signal.aborted;
    const titles = calls.map(({ title }) => title);
    folder.keep({ session: told.session, prompt: given.prompt, message: isCut ? null : message, calls: titles });
  }
  const isForgotten = conversation.session !== undefined && told.session !== null && !told.isLoaded;
  const gateway = { use: models.usage(), trouble: models.trouble(), isWaiting: isWaiting() };
  return answerOf({
    ...{ ...driven, ...gateway, executor, refused, isForgotten, sharers },
    endedBy: context.endedBy?.() ?? null,
  });
}

/** The end of a call cuts its requests, so that is the moment to look. */
function waitingAtAbort(signal: AbortSignal, models: ModelAccess): () => boolean {
  let isWaiting = false;
  const look = () => {
    isWaiting = models.isWaiting();
  };
  signal.addEventListener("abort", look, { once: true });
  return () => isWaiting;
}

/** Claude Code does not start with a budget of nothing, and the gateway refuses what the grant does not cover. */
const LEAST_BUDGET_USD = 0.01;

function budgetOf(models: ModelAccess): number | null {
  const left = models.leftMicroUsd();
  return left === null ? null : Math.max(LEAST_BUDGET_USD, left / 1_000_000);
}

function outcomeOf(answer: Answer | undefined): ToolOutcome {
  if (!answer) throw new Error("A call has at least one piece of work.");
  return { content: JSON.stringify(answer), isError: answer.reason !== null };
}

async function startAgent(
  { context, view, folder }: Prepared,
  { executable }: Way,
  args: readonly string[],
  { socket, env }: Start,
): Promise<SandboxProcess> {
  try {
    return await context.sandbox.start({
      command: `exec ${[executable.inside, ...args].map(quote).join(" ")}`,
      workspace: view.root,
      hiddenPaths: view.hiddenPaths,
      ...(view.isReadOnly && { readOnlyWorkspace: true }),
      ...(view.guardsGit && { guardsGit: true }),
      readOnly: executable.readOnly,
      writable: [{ source: folder.home, at: AGENT_HOME }],
      env: { ...env, HOME: AGENT_HOME, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
      forward: { socket, port: PORT },
      limits: LIMITS,
      onActivity: () => context.onActivity?.(),
    });
  } catch (error) {
    throw new WorkspaceError(error instanceof Error ? error.message : String(error));
  }
}

function conversationOf(prepared: Prepared, refused: Refused[]): Conversation {
  const { agents, given, context, executor, ways, folder } = prepared;
  const { prompt } = given;
  const begun = sessionOf(prepared);
  return {
    ...{ cwd: SANDBOX_ROOT, prompt: begun?.prompt ?? prompt },
    ...(begun && { session: { id: begun.id, promptWithout: begun.promptWithout } }),
    ...(executor.meta && { meta: executor.meta }),
    signal: context.signal,
    startTimeoutMs: agents.startTimeoutMs ?? START_TIMEOUT_MS,
    cancelTimeoutMs: CANCEL_TIMEOUT_MS,
    onActivity: () => context.onActivity?.(),
    onSeen: (seen) => {
      show(context, seen);
      if (seen.type === "call" && seen.isEnd)
        void context.onExecutor?.({ type: "executor_call", ...executorCall(seen.call) });
    },
    onSession: async (session, agent) => {
      folder.keep({ session, prompt, message: null, calls: [] });
      const isLoaded = session === begun?.id;
      const hash = createHash("sha256").update(prompt).digest("hex");
      const version = agent?.version ?? ways[0].executable.version;
      await context.onExecutor?.({
        type: "executor_started",
        executor: executor.name,
        version,
        session,
        isLoaded,
        prompt: hash,
      });
    },
    onPermission: (request) => permit(prepared, request, refused),
  };
}

/** Returns the earlier session to go on with, and what to say in it; null: a new one begins. */
function sessionOf({ given, context, executor, last }: Prepared) {
  const { prompt, session } = given;
  const resumed = context.resumed?.[0];
  if (resumed) {
    const goOn = resumption(resumed.executed);
    return { id: resumed.session, prompt: goOn, promptWithout: `${goOn}\n\nYou were asked:\n${prompt}` };
  }
  const wanted = session === LAST ? last?.session : session;
  if (session !== undefined && wanted === undefined)
    throw new WorkspaceError(`This task has no earlier session of ${executor.title}; leave out \`session\`.`);
  if (wanted === undefined) return null;
  const isKnown = last !== null && last.session === wanted;
  return { id: wanted, prompt, promptWithout: isKnown ? recap(last) + prompt : prompt };
}

async function permit(
  { context, view, executor }: Prepared,
  request: PermissionAsk,
  refused: Refused[],
): Promise<"allow" | "reject"> {
  const walls = { isReadOnly: view.isReadOnly === true, ask: context.ask };
  const refusal = await decide(executor.name, request, walls);
  if (refusal === null) return "allow";
  refused.push({ title: request.title, ...refusal });
  context.onProgress?.(`Refused: ${request.title} (${refusal.why})`);
  return "reject";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
