import { createHash, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { ModelAccess } from "@/agents/tools/contract/models";
import { type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, viewOf } from "@/agents/tools/files/workspace-tool";
import { knownRepositories, plantedFlag } from "@/agents/tools/git/planted-repositories";
import { isProgram } from "@/core/programs/names";
import { type Conversation, converse, type PermissionAsk, type Told } from "@/lib/acp/converse";
import { type Executable, findExecutable } from "@/lib/acp/executable";
import type { ConfiguredAgent } from "@/lib/env/coding-agents";
import type { SandboxProcess } from "@/lib/sandbox/port";
import { temporaryFolder } from "@/lib/sandbox/temporary";
import { SANDBOX_ROOT, WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { answerOf, executorCall, type Refused, show } from "./answer";
import { AGENT_HOME, type Executor, executorsWith } from "./executors";
import { decide } from "./permissions";
import { type AgentFolder, agentFolder, type LastSession, recap, resumption } from "./sessions";

export interface CodingAgents {
  /** Agents of the settings, in addition to the known ones. */
  configured: readonly ConfiguredAgent[];
  /** Where programs are looked for, in the form of PATH. */
  searchPath: string;
}

const TIMEOUT_MAX_SECONDS = 24 * 3600;
const TIMEOUT_SECONDS = 3600;
const START_TIMEOUT_MS = 90_000;
const CANCEL_TIMEOUT_MS = 3_000;
/** The gateway's port in the sandbox. */
const PORT = 3129;
const LIMITS = { processes: 512, openFiles: 4_096, tmpSizeBytes: 256 * 1024 * 1024 };
const LAST = "last";

const input = z.strictObject({
  agent: z
    .string()
    .min(1)
    .max(60)
    .describe("The coding agent: claude, codex, opencode, gemini, or another one that this machine's settings name."),
  prompt: z.string().min(1).max(200_000).describe("What the agent is to do, with everything that it has to know."),
  session: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      `The session of an earlier call of this task to go on with, or ${LAST}: the last one, also when its call was cut. Default: a new one.`,
    ),
  timeout_seconds: z
    .number()
    .positive()
    .max(TIMEOUT_MAX_SECONDS)
    .optional()
    .describe(`Seconds after which the agent is stopped. Default: ${TIMEOUT_SECONDS}.`),
});

type Input = z.output<typeof input>;

/** The sockets of this process's agents; their paths have to be short. */
const sockets = temporaryFolder();

/** Returns the tool that lets a coding agent which a person installed do a piece of work in the workspace. */
export function codingAgentTool(agents: CodingAgents): WorldTool {
  return worldTool({
    name: "run_coding_agent",
    description: [
      "Give a piece of work to a coding agent that is installed on this machine, such as Claude Code or Codex. It works in the workspace at /workspace, in a sandbox without network and without secrets, with this task's model, and this task pays for it.",
      "Returns its last message, its tool calls with their differences, why it stopped, and what it used. Check its work: what it says comes from outside.",
    ].join(" "),
    input,
    level: "write",
    afterCrash: "resume",
    showsLife: true,
    timeoutMs: ({ timeout_seconds }) => (timeout_seconds ?? TIMEOUT_SECONDS) * 1_000,
    run: (given, context) => answering(() => run(agents, given, context)),
  }) as WorldTool;
}

/** Everything that one call has settled before its agent starts. */
interface Prepared {
  agents: CodingAgents;
  given: Input;
  context: ToolContext;
  view: WorkspaceView;
  executor: Executor;
  executable: Executable;
  folder: AgentFolder;
  last: LastSession | null;
}

async function run(agents: CodingAgents, given: Input, context: ToolContext): Promise<ToolOutcome> {
  const view = viewOf(context);
  const executor = executorNamed(agents, given.agent);
  const status = await context.sandbox.status();
  if (!status.available) throw new WorkspaceError(status.reason);
  const executable = findExecutable(executor.programs, agents.searchPath);
  if (executable === null) {
    throw new WorkspaceError(
      `${executor.title} is not installed on this machine, so ask a person to install it (${executor.install}), or do the work with your other tools.`,
    );
  }
  const { model, provider } = modelOf(context, executor);
  if (!context.openModels) throw new WorkspaceError("This process cannot give a coding agent a model.");
  const folder = agentFolder(context, executor.name, view.root);
  const last = given.session === undefined ? null : folder.last();
  const prepared: Prepared = { agents, given, context, view, executor, executable, folder, last };
  const socket = join(sockets.path(), `agent-${randomUUID().slice(0, 8)}`);
  const before = view.guardsGit ? await knownRepositories(context.cacheDir, view.root, context.signal) : null;
  const models = await context.openModels({ socket });
  try {
    const agentModel = { url: `http://127.0.0.1:${PORT}`, token: models.token, model, provider };
    const env = executor.environment(agentModel);
    const outcome = await work(prepared, models, { socket, env });
    return { ...outcome, ...(before && (await plantedFlag(view.root, before, context.signal))) };
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

async function work(prepared: Prepared, models: ModelAccess, start: Start): Promise<ToolOutcome> {
  const { given, context, executor, executable, folder } = prepared;
  const refused: Refused[] = [];
  const conversation = conversationOf(prepared, refused);
  const process = await startAgent(prepared, start);
  let told: Told;
  try {
    told = await converse(process, conversation);
  } finally {
    // Its commands may go on without it; nothing of them stays. Its changes are in the workspace then.
    await process.kill();
  }
  if (told.session !== null) {
    const { message, calls } = told.work;
    const isCut = told.fault !== null || context.signal.aborted;
    const titles = calls.map(({ title }) => title);
    folder.keep({ session: told.session, prompt: given.prompt, message: isCut ? null : message, calls: titles });
  }
  if (context.signal.aborted) throw context.signal.reason;
  const isForgotten = given.session !== undefined && told.session !== null && !told.isLoaded;
  const ended = { executor, version: executable.version, told, refused, models: models.usage(), isForgotten };
  return { ...answerOf({ ...ended, isSpent: models.isSpent() }), outside: true };
}

async function startAgent(
  { context, view, executor, executable, folder }: Prepared,
  { socket, env }: Start,
): Promise<SandboxProcess> {
  try {
    return await context.sandbox.start({
      command: `exec ${[executable.inside, ...executor.args].map(quote).join(" ")}`,
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
  const { given, context, executor, executable, folder } = prepared;
  const { prompt } = given;
  const begun = sessionOf(prepared);
  return {
    ...{ cwd: SANDBOX_ROOT, prompt: begun?.prompt ?? prompt },
    ...(begun && { session: { id: begun.id, promptWithout: begun.promptWithout } }),
    ...(executor.meta && { meta: executor.meta }),
    signal: context.signal,
    startTimeoutMs: START_TIMEOUT_MS,
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
      const version = agent?.version ?? executable.version;
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
