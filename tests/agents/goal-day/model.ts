/** The models of the day: the real programs of goals, and scripted agents whose calls meet faults. */
import { goalModel } from "@/core/goals/pursue";
import { iterationModel } from "@/core/goals/rounds/round";
import { ModelError, type ModelPort, type ModelReply, type ModelRequest } from "@/core/log/model";
import { UNIT_KINDS, type UnitKind } from "@/core/log/plans";
import type { Owner } from "../simulation/clock";
import type { Random } from "../simulation/random";
import { taskIdIn } from "../task-id";
import type { ModelFault } from "./faults";
import { rightParts } from "./files";
import type { DayStage } from "./stage";

interface Planned {
  name: string;
  input: unknown;
  malformed?: boolean;
}

export function dayModel(stage: DayStage, owner: Owner): ModelPort {
  return {
    respond(request, options) {
      if (request.model === "goal") return goalModel.respond(request, options);
      if (request.model === "iteration") return iterationModel.respond(request, options);
      return respond(stage, owner, request, options.signal);
    },
  };
}

function respond(stage: DayStage, owner: Owner, request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
  const { clock, random, faults } = stage;
  const tree = stage.treeOfTask(taskIdIn(request));
  const isLost = clock.now() < stage.networkLostUntilMs;
  const fault = isLost ? null : faults.ofModel();
  if (fault) struck(stage, fault, owner, tree);
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    if (fault === "hung model") return;
    clock.after(random.between(1_500, 9_000) * paceOf(stage, request), owner, () => {
      if (signal.aborted) return;
      const error = isLost || fault === "lost network" ? noNetwork() : errorOf(stage, fault);
      if (error) reject(error);
      else resolve(replyTo(stage, request, tree, fault === "wrong JSON"));
    });
  });
}

/** How much longer units of a kind take. Nobody tells it to the planner, and the units of a kind differ from each other. */
const PACES: Record<UnitKind, number> = {
  contract: 8,
  code: 20,
  tests: 14,
  migration: 30,
  integration: 45,
  documentation: 5,
  research: 10,
  repair: 12,
};

function paceOf({ random, paces }: DayStage, request: ModelRequest): number {
  const [first] = request.messages;
  const said = first?.role === "user" ? first.content : "";
  const kind = UNIT_KINDS.find((name) => said.startsWith(`This unit is of the kind ${name}.`));
  if (kind === undefined) return 1;
  const task = taskIdIn(request);
  const pace = paces.get(task) ?? PACES[kind] * Math.exp(random.next() + random.next() - 1);
  paces.set(task, pace);
  return pace;
}

function noNetwork(): ModelError {
  return new ModelError("retry", "fetch failed: getaddrinfo EAI_AGAIN");
}

/** Notes the fault. A fault that strikes all goals at once is noted for all open goals. */
function struck(stage: DayStage, fault: ModelFault, owner: Owner, tree: string): void {
  const { clock, random, web } = stage;
  if (fault === "killed worker") stage.killSoon(owner);
  else if (fault !== "lost network") stage.faults.note({ kind: fault, atMs: clock.now(), trees: [tree] });
  else {
    const open = web.store.client.sqlite.prepare("SELECT uid FROM trees WHERE ended_at_ms IS NULL").pluck();
    stage.networkLostUntilMs = clock.now() + random.between(30_000, 300_000);
    stage.faults.note({ kind: fault, atMs: clock.now(), trees: open.all() as string[] });
  }
}

function errorOf({ random }: DayStage, fault: ModelFault | null): Error | null {
  switch (fault) {
    case "refusal":
      return new ModelError("refused", "The model refused to answer.");
    case "rate limit":
      return new ModelError("retry", "Too many requests.", { status: 429, retryAfterMs: random.between(500, 60_000) });
    case "used-up quota":
      return new ModelError("quota", "The quota is used up.", { retryAfterMs: random.between(10_000, 120_000) });
    case "cut stream":
      return new ModelError("retry", "The stream was cut.", { firstPartSeen: true });
    case "crash in an adapter":
      return new TypeError("simulated fault inside an adapter");
    default:
      return null;
  }
}

/** Tokens of a call. The executor reads and writes most, as in real goals. */
const TOKENS = { coder: 6_000, other: 3_000 };

function replyTo(stage: DayStage, request: ModelRequest, tree: string, isWrong: boolean): ModelReply {
  const agent = /^Agent: (\S+)$/m.exec(request.system)?.[1] ?? "";
  const planned = plannedBy(stage, agent, request, tree);
  const call = isWrong ? broken(planned) : planned;
  const id = `c${request.messages.length}`;
  return {
    parts: [
      { type: "text", text: "I go on." },
      { type: "call", id },
    ],
    calls: [{ id, ...call }],
    usage: {
      inputTokens: agent === "coder" ? TOKENS.coder : TOKENS.other,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      outputTokens: 100,
    },
    stopReason: "tool_calls",
  };
}

/** Returns the call with a broken answer: a result that is not JSON where JSON is expected, or invalid arguments. */
function broken(call: Planned): Planned {
  const input = call.input as { result?: string };
  if (call.name !== "end_task" || !input.result?.startsWith("{"))
    return { name: call.name, input: '{"path": "a', malformed: true };
  return { name: call.name, input: { ...input, result: `Of course! ${input.result.slice(0, -2)}` } };
}

function plannedBy(stage: DayStage, agent: string, request: ModelRequest, tree: string): Planned {
  switch (agent) {
    case "goal_planner":
      return ends(plannerSays(stage, request, tree));
    case "goal_strategist":
      return ends(strategistSays(stage, tree));
    case "task_evaluator":
      return ends(judgeSays(stage, tree));
    case "researcher":
      return ends("It is done so, as its manual says.");
    case "coder":
      return coderDoes(request);
    default:
      return ends(`${agent} has nothing to do.`);
  }
}

function ends(result: string): Planned {
  return { name: "end_task", input: { status: "success", result } };
}

const CRITERIA = { criteria: [{ statement: "Half of it works", command: "half" }], validation_command: "npm test" };

function plannerSays(stage: DayStage, request: ModelRequest, tree: string): string {
  const { random } = stage;
  const [first] = request.messages;
  const instruction = first?.role === "user" ? first.content : "";
  if (instruction.startsWith("Propose how")) return JSON.stringify(CRITERIA);
  const round = /round (\d+)/.exec(instruction)?.[1] ?? "";
  const { kinds } = stage.goalOfTree(tree);
  if (kinds) return JSON.stringify({ plan: `Units of round ${round}.`, steps: unitsOf(random, kinds) });
  const title = `Mend the next part, try ${round}`;
  const step = { title, instruction: `${title}: ${"find the cause, change the part, run its test. ".repeat(6)}` };
  const more = { title: `Look at it again, try ${round}`, instruction: "Read what was changed.", after: [title] };
  return JSON.stringify({
    plan: `The next part fails because of its edge case ${round}; this round changes it and shows that with its test.`,
    steps: random.chance(0.2) ? [step, more] : [step],
    ...(random.chance(0.1) && { research: "How do others do it?" }),
  });
}

/** Two to four units; the second and the third wait for the first. */
function unitsOf(random: Random, kinds: readonly UnitKind[]) {
  const count = random.between(2, 4);
  return Array.from({ length: count }, (_, at) => {
    const kind = random.pick(kinds);
    const after = at === 1 || at === 2 ? ["Unit 1"] : [];
    return { title: `Unit ${at + 1}`, instruction: `This unit is of the kind ${kind}.`, kind, after };
  });
}

function strategistSays(stage: DayStage, tree: string): string {
  if (stage.goalOfTree(tree).hopeless) return JSON.stringify({ unreachable: "One test contradicts another." });
  const word = () => Array.from({ length: 7 }, () => "abcdefghiklmnoprstuw"[stage.random.between(0, 19)]).join("");
  return JSON.stringify({ strategy: Array.from({ length: 24 }, word).join(" ") });
}

/** A judge sees readable code once most of it works. */
function judgeSays({ files, goalOfTree }: DayStage, tree: string): string {
  const goal = goalOfTree(tree);
  const outcome = rightParts(files.now(goal)) >= goal.parts * 0.8 ? "pass" : "fail";
  return JSON.stringify({ outcome, reasons: ["As far as the files show it."] });
}

/** Reads, writes and tests; a failed call is tried three times in all. */
function coderDoes({ messages }: ModelRequest): Planned {
  const steps = ["read_file", "write_file", "use_terminal"];
  const answers = messages.flatMap((message) => (message.role === "tool" ? [message] : []));
  const isReading = messages[0]?.role === "user" && messages[0].content.startsWith("Read what was changed.");
  const next = steps.find((name) => {
    const own = answers.filter((answer) => answer.toolName === name);
    return own.length < 3 && !own.some((message) => !message.isError);
  });
  if (next === undefined || (isReading && next !== "read_file")) return ends("The part is changed, and its test ran.");
  return { name: next, input: { path: `src/${answers.length}.js`, content: "x", command: "npm test" } };
}
