import { type ToolContext, type ToolOutcome, type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import { answering, workplaceOf } from "@/agents/tools/files/workspace-tool";
import { plantedFlag } from "@/agents/tools/git/planted-flag";
import type { Workplace } from "@/lib/workplace/port";
import type { Answer } from "./answer";
import { answerOfAll, contextsOf, executorFault, PLACES, placesOf } from "./batch";
import { executorsWith } from "./executors";
import { type Input, input, MOST_AT_ONCE, type Piece, piecesOf, TIMEOUT_SECONDS } from "./input";
import { doPiece } from "./piece";
import type { CodingAgents } from "./prepare";
import { agentFolder, type LastSession } from "./sessions";

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
    leavesOutside: true,
    showsLife: true,
    timeoutMs: ({ timeout_seconds }) => (timeout_seconds ?? TIMEOUT_SECONDS) * 1_000,
    run: (given, context) => answering(() => run(agents, given, context)),
  }) as WorldTool;
}

async function run(agents: CodingAgents, given: Input, context: ToolContext): Promise<ToolOutcome> {
  const workplace = workplaceOf(context);
  const { pieces, isList } = piecesOf(given);
  const lasts = await lastSessions(workplace, agents, pieces);
  const places = placesOf(pieces, (agent, place) => lasts.get(`${agent} ${place}`) ?? null);
  await workplace.git.rememberRepositories(context.signal);
  const contexts = contextsOf(context, pieces);
  const works = pieces.map((piece, at) => () => {
    const own = { place: places[at] ?? 1, sharers: pieces.length };
    return doPiece(agents, piece, contexts[at] ?? context, workplace, own);
  });
  const outcome = isList ? answerOfAll(await inParallel(works, pieces)) : outcomeOf(await works[0]?.());
  const endedBy = context.endedBy?.() ?? null;
  if (context.signal.aborted && endedBy === null) throw context.signal.reason;
  return {
    ...outcome,
    outside: true,
    ...(endedBy !== null && { tellsItsEnd: true }),
    // After an aborted call, the task's last check finds it.
    ...(endedBy === null && (await plantedFlag(workplace, context.signal))),
  };
}

/** Resolves with the last session of each known agent of the pieces, by agent and place. */
async function lastSessions(
  workplace: Workplace,
  { configured }: CodingAgents,
  pieces: readonly Piece[],
): Promise<Map<string, LastSession | null>> {
  const known = new Set(executorsWith(configured).map(({ name }) => name));
  const lasts = new Map<string, LastSession | null>();
  for (const { agent } of pieces) {
    if (!known.has(agent) || lasts.has(`${agent} 1`)) continue;
    for (const place of PLACES) lasts.set(`${agent} ${place}`, await agentFolder(workplace, agent, place).last());
  }
  return lasts;
}

/** Runs all of them to their ends: what ends one of them says nothing about the others. */
function inParallel(works: readonly (() => Promise<Answer>)[], pieces: readonly Piece[]): Promise<Answer[]> {
  const refusal = (error: unknown, at: number): Answer => {
    const problem = error instanceof Error ? error.message : String(error);
    return { agent: pieces[at]?.agent ?? "", reason: "not_usable", problem };
  };
  return Promise.all(works.map((work, at) => work().catch((error: unknown) => refusal(error, at))));
}

function outcomeOf(answer: Answer | undefined): ToolOutcome {
  if (!answer) throw new Error("A call has at least one piece of work.");
  const { reason } = answer;
  return { content: JSON.stringify(answer), isError: reason !== null, ...executorFault(reason) };
}
