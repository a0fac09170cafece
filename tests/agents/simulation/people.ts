/**
 * Simulated people: they submit, steer, pause, stop, change, grant, decide, answer and make rules; at the end they
 * settle all.
 */
import { UserError } from "@/agents/application";
import { ownerCalled } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/submission";
import type { DailyCaps } from "@/lib/env/daily-caps";
import type { SimulatedClock } from "./clock";
import type { Effects } from "./effects";
import type { SimulatedProcess } from "./process";
import type { Random } from "./random";
import type { Tally } from "./tally";

export interface Stage {
  random: Random;
  clock: SimulatedClock;
  tally: Tally;
  effects: Effects;
  /** A process without a worker, through which people read and send commands. */
  web: SimulatedProcess;
  processes: SimulatedProcess[];
  maxConcurrent: number;
  /** Stops causing trouble. */
  calm: boolean;
  /** Called when a process ended or froze. */
  disturbed: boolean;
  /** How often each call's tool has started, by its input. */
  runs: Map<string, number>;
  dailyCaps: DailyCaps;
  start(): Promise<SimulatedProcess>;
}

const PEOPLE = [ownerCalled("anna"), ownerCalled("ben")] as const;
const DAY_MS = 86_400_000;
/** Limit of trees for forks, without which a run would not end. */
const MOST_TREES = 6;

export function submit(stage: Stage): void {
  const { random, tally } = stage;
  const submission: Submission = {
    task: "Do the whole",
    ...(random.chance(0.7) && { agent: random.pick(["worker", "researcher", "coder"]) }),
    ...(random.chance(0.2) && { priority: random.between(-1, 2) }),
    ...(random.chance(0.08) && { stepping: "manual" as const }),
    ...(random.chance(0.25) && { grant: grantOf(random) }),
  };
  if (!submission.agent) tally.hit("agent_selector chooses");
  if (submission.grant) tally.hit("tree with caps");
  if (submission.stepping) tally.hit("manual stepping");
  const person = random.pick(PEOPLE);
  issue(stage, "submit", stage.web, () => stage.web.commands.submitTree(submission, person));
}

function grantOf(random: Random): Submission["grant"] {
  const cap = random.pick(["tokens", "tokens", "cost_usd", "cost_usd", "tasks", "depth", "seconds"] as const);
  const most = { tokens: 14_000, cost_usd: 0.02, tasks: 3, depth: 1, seconds: 40 };
  return { [cap]: most[cap] * (1 + random.between(0, 2)) };
}

/** Commands answer with a sentence or with a UserError; anything else is a fault. */
function issue(stage: Stage, name: string, through: SimulatedProcess, run: () => Promise<unknown>): void {
  const { tally } = stage;
  tally.hit(`command ${name}`);
  run().then(
    () => tally.hit(`command ${name} done`),
    (error) => {
      if (error instanceof UserError) tally.hit(`command ${name} refused`);
      else if (through.owner.life === "alive") tally.broken(`The command ${name} failed: ${(error as Error).stack}`);
    },
  );
}

function uids({ web }: Stage, from: string): string[] {
  return web.store.client.sqlite.prepare(`SELECT uid FROM ${from} ORDER BY id`).pluck().all() as string[];
}

export function command(stage: Stage): void {
  const { random, web, processes } = stage;
  const through = random.pick([web, ...processes.filter((process) => process.owner.life === "alive")]);
  const tasks = uids(stage, "tasks");
  if (tasks.length === 0) return;
  const kind = random.weighted({
    steer: 8,
    pause: 4,
    "pause alone": 3,
    resume: 4,
    stop: 3,
    retry: 8,
    answer: 4,
    delete: 2,
    step: 3,
    decide: 6,
    change: 8,
    grant: 5,
    addRule: 4,
    revokeRule: 4,
    fork: 4,
  });
  issue(stage, kind, through, () => run(stage, kind, through, tasks));
}

async function run(
  stage: Stage,
  kind:
    | ("steer" | "pause" | "pause alone" | "resume" | "stop" | "retry" | "answer" | "delete" | "step")
    | ("decide" | "change" | "grant" | "addRule" | "revokeRule" | "fork"),
  { commands }: SimulatedProcess,
  tasks: string[],
): Promise<unknown> {
  const { random } = stage;
  const person = random.pick(PEOPLE);
  /** Returns a task, mostly one to which the command applies. */
  const aim = (where: string) => {
    const fit = uids(stage, `tasks WHERE ${where}`);
    return fit.length > 0 && random.chance(0.8) ? random.pick(fit) : random.pick(tasks);
  };
  const open = aim("ended_at_ms IS NULL");
  const trees = uids(stage, "trees");
  const target = random.chance(0.4) ? random.pick(trees) : open;
  const pickId = (from: string) => random.pick([...uids(stage, from), "aaaaaaaaaaaa"]);
  switch (kind) {
    case "steer":
      return commands.steer({ id: open, text: "Mind the gap." }, person);
    case "pause":
      return commands.pause({ id: target }, person);
    case "pause alone":
      return commands.pause({ id: open, alone: true }, person);
    case "resume":
      return commands.resume({ id: random.chance(0.5) ? aim("status = 'parked'") : target }, person);
    case "stop":
      return commands.stop({ id: target, reason: "Enough." }, person);
    case "retry":
      return commands.retry({ id: aim("ended_at_ms IS NOT NULL") }, person);
    case "answer":
      return commands.answer({ id: pickId("reviews WHERE kind = 'question'"), text: "The second." }, person);
    case "delete":
      return commands.deleteTree({ id: random.pick(trees) }, person);
    case "step":
      return commands.step({ id: aim("holds > 0") }, person);
    case "decide":
      return decide(stage, pickId("reviews WHERE kind <> 'question'"));
    case "change":
      return commands.change({ id: open, ...changeOf(random) }, person);
    case "grant": {
      const of = random.pick(["tokens", "cost_usd"] as const);
      const task = aim(of === "tokens" ? "grant_tokens > 0" : "grant_micro_usd > 0");
      return commands.grant({ id: task, [of]: of === "tokens" ? 5_000 : 0.02 }, person);
    }
    case "addRule":
      return addRule(stage, pickId("reviews WHERE kind = 'approval'"));
    case "fork":
      return trees.length < MOST_TREES && fork(stage, commands, random.pick(tasks));
    case "revokeRule":
      return commands.revokeRule({ id: pickId("approval_rules") }, person);
  }
}

/** Forks at any message of the task, unchanged or edited. */
async function fork(
  { random, web, tally }: Stage,
  commands: SimulatedProcess["commands"],
  task: string,
): Promise<void> {
  const seqs = web.store.client.sqlite
    .prepare("SELECT id FROM messages WHERE task_id = (SELECT id FROM tasks WHERE uid = ?)")
    .pluck()
    .all(task) as number[];
  const at = random.pick(seqs);
  const request = {
    ...(random.chance(0.85) && { at }),
    ...(random.chance(0.2) && { instruction: "Do it otherwise" }),
    ...(random.chance(0.2) && { model: "anthropic/other" }),
    ...(random.chance(0.15) && { message: "Edited." }),
  };
  await commands.fork({ id: task, ...request }, random.pick(PEOPLE));
  tally.hit("a fork begins");
}

function changeOf(random: Random): { agent?: string; model?: string; priority?: number } {
  const change = {
    ...(random.chance(0.5) && { model: random.pick(["anthropic/other", "anthropic/simulated"]) }),
    ...(random.chance(0.4) && { agent: random.pick(["worker", "researcher", "coder", "agent_selector"]) }),
  };
  return random.chance(0.3) ? { ...change, priority: random.between(-2, 2) } : change;
}

function decide({ random, web }: Stage, review: string): Promise<unknown> {
  const decision = random.chance(0.7) ? "approved" : "rejected";
  const reason = random.chance(0.3) ? "So be it." : "";
  return web.commands.decide({ id: review, decision, reason, alike: random.chance(0.4) }, random.pick(PEOPLE));
}

function addRule({ random, web }: Stage, review: string): Promise<unknown> {
  const about = random.chance(0.5)
    ? { tool: random.pick(["write_file", "search_files"]), ...(random.chance(0.5) && { agent: "worker" }) }
    : { item: review, exact: random.chance(0.5) };
  const hours = random.pick([0.002, 0.01, 24]);
  return web.commands.addRule({ ...about, hours, why: "It is harmless." }, random.pick(PEOPLE));
}

/** Decides some of the waiting approvals and questions. */
export function decideOpen(stage: Stage): void {
  const { web, random } = stage;
  for (const uid of uids(stage, "reviews WHERE kind = 'approval' AND status = 'open'"))
    if (random.chance(0.6)) issue(stage, "decide", web, () => decide(stage, uid));
  for (const uid of uids(stage, "reviews WHERE kind = 'question' AND status = 'open' AND addressee_id IS NULL"))
    if (random.chance(0.5))
      issue(stage, "answer", web, () => web.commands.answer({ id: uid, text: "The first." }, random.pick(PEOPLE)));
}

/** Settles everything at the end: resumes paused tasks, decides open items, and lets the next day come. */
export function caretake(stage: Stage): void {
  const { web, clock, tally } = stage;
  const [person] = PEOPLE;
  const { sqlite } = web.store.client;
  const held = sqlite
    .prepare(
      "SELECT DISTINCT uid FROM tasks JOIN pauses ON pauses.task_id = tasks.id WHERE closed_at_ms IS NULL ORDER BY tasks.id",
    )
    .pluck()
    .all() as string[];
  for (const uid of held) issue(stage, "resume", web, () => web.commands.resume({ id: uid }, person));
  for (const uid of uids(stage, "reviews WHERE kind = 'question' AND status = 'open'"))
    issue(stage, "answer", web, () => web.commands.answer({ id: uid, text: "The third." }, person));
  for (const uid of uids(stage, "reviews WHERE kind = 'approval' AND status = 'open'"))
    issue(stage, "decide", web, () => web.commands.decide({ id: uid, decision: "approved", reason: "" }, person));
  if (uids(stage, "tasks WHERE status = 'parked' AND wait_kind = 'daily_cap'").length === 0) return;
  tally.hit("the next day comes");
  clock.jump(DAY_MS - (clock.now() % DAY_MS) + 61_000);
}
