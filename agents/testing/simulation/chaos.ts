/** What happens to a run from outside: people's commands, processes that die, stand still, stop and start, a clock that jumps. */
import { UserError } from "@/agents/application";
import type { Submission } from "@/agents/core/shapes";
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
  /** Does no work: people look and command through it. */
  web: SimulatedProcess;
  processes: SimulatedProcess[];
  maxConcurrent: number;
  /** No more mischief. */
  calm: boolean;
  /** A process ended or stood still. */
  disturbed: boolean;
  start(): Promise<SimulatedProcess>;
}

const PERSON = { name: "person" };

export function chaos(stage: Stage): { isOver(): boolean } {
  const { random, clock, web, tally } = stage;
  let pending = 0;
  const at = (ms: number, run: () => unknown) => {
    pending += 1;
    clock.after(ms, web.owner, () => {
      Promise.resolve(run())
        .catch((error) => tally.broken(`An accident failed: ${(error as Error).stack}`))
        .finally(() => {
          pending -= 1;
        });
    });
  };
  const horizonMs = random.between(20_000, 70_000);
  // Most trees are over soon: most of it happens early.
  const soon = () => Math.floor(horizonMs * random.next() * random.next());
  submit(stage);
  for (let count = random.between(0, 2); count > 0; count -= 1) at(random.between(0, horizonMs), () => submit(stage));
  for (let count = random.between(0, 14); count > 0; count -= 1) at(soon(), () => command(stage));
  const accidents = random.chance(0.35) ? 0 : random.between(1, 4);
  for (let count = accidents; count > 0; count -= 1) at(soon(), () => accident(stage, at));
  at(horizonMs + 60_000, () => {
    stage.calm = true;
    const care = () => {
      void caretake(stage);
      clock.after(15_000, web.owner, care);
    };
    care();
  });
  return { isOver: () => pending === 0 };
}

type At = (ms: number, run: () => unknown) => void;

function submit(stage: Stage): void {
  const { random, tally } = stage;
  const submission: Submission = {
    task: "Do the whole",
    ...(random.chance(0.7) && { agent: random.pick(["worker", "researcher", "coder"]) }),
    ...(random.chance(0.2) && { priority: random.between(-1, 2) }),
    ...(random.chance(0.08) && { stepping: "manual" as const }),
    ...(random.chance(0.15) && { grant: grantOf(random) }),
  };
  if (!submission.agent) tally.hit("agent_selector chooses");
  if (submission.grant) tally.hit("tree with caps");
  if (submission.stepping) tally.hit("manual stepping");
  issue(stage, "submit", stage.web, () => stage.web.commands.submitTree(submission, PERSON));
}

function grantOf(random: Random): Submission["grant"] {
  const cap = random.pick(["tokens", "cost_usd", "tasks", "depth", "seconds"] as const);
  const most = { tokens: 4_000, cost_usd: 0.02, tasks: 3, depth: 1, seconds: 40 };
  return { [cap]: most[cap] * (1 + random.between(0, 2)) };
}

/** Commands answer with a sentence or with a UserError; anything else is a fault. */
function issue(stage: Stage, name: string, through: SimulatedProcess, run: () => Promise<unknown>): void {
  const { tally } = stage;
  tally.hit(`command ${name}`);
  run().catch((error) => {
    if (error instanceof UserError) tally.hit(`command ${name} refused`);
    else if (through.owner.life === "alive") tally.broken(`The command ${name} failed: ${(error as Error).stack}`);
  });
}

/** Mostly a task that the command can do something to. */
function aim({ web, random }: Stage, where: string): string | undefined {
  const fit = web.store.client.sqlite
    .prepare(`SELECT uid FROM tasks WHERE ${where} ORDER BY id`)
    .pluck()
    .all() as string[];
  return fit.length > 0 && random.chance(0.8) ? random.pick(fit) : undefined;
}

function command(stage: Stage): void {
  const { random, web, processes } = stage;
  const { sqlite } = web.store.client;
  const through = random.pick([web, ...processes.filter((one) => one.owner.life === "alive")]);
  const tasks = sqlite.prepare("SELECT uid FROM tasks ORDER BY id").pluck().all() as string[];
  const trees = sqlite.prepare("SELECT uid FROM trees ORDER BY id").pluck().all() as string[];
  const reviews = sqlite
    .prepare("SELECT uid FROM reviews WHERE kind = 'question' ORDER BY id")
    .pluck()
    .all() as string[];
  if (tasks.length === 0) return;
  const { commands } = through;
  const task = aim(stage, "ended_at_ms IS NULL") ?? random.pick(tasks);
  const target = random.chance(0.4) ? random.pick(trees) : task;
  const kind = random.weighted({ steer: 8, pause: 4, resume: 4, stop: 3, retry: 8, answer: 4, delete: 2 });
  const run: Record<typeof kind, () => Promise<unknown>> = {
    steer: () => commands.steer(task, "Mind the gap.", PERSON),
    pause: () => commands.pause(target, PERSON),
    resume: () => commands.resume(target, PERSON),
    stop: () => commands.stop(target, "Enough.", PERSON),
    retry: () => commands.retry(aim(stage, "ended_at_ms IS NOT NULL") ?? random.pick(tasks), PERSON),
    answer: async () => reviews.length > 0 && commands.answer(random.pick(reviews), "The second.", PERSON),
    delete: () => commands.deleteTree(random.pick(trees), PERSON),
  };
  issue(stage, kind, through, run[kind]);
}

async function accident(stage: Stage, at: At): Promise<void> {
  const { random, processes, clock, tally } = stage;
  const kind = random.weighted({ crash: 5, "crash at a commit": 6, freeze: 4, stop: 3, "clock jump": 4 });
  const victim = random.pick(processes.filter((one) => one.owner.life === "alive"));
  tally.hit(`accident ${kind}`);
  if (kind === "clock jump") clock.jump(random.pick([-600_000, -5_000, 7_000, 90_000, 3_600_000]));
  else if (victim) await strike(stage, kind, victim, at);
}

async function strike(
  stage: Stage,
  kind: "crash" | "crash at a commit" | "freeze" | "stop",
  victim: SimulatedProcess,
  at: At,
): Promise<void> {
  const { random } = stage;
  stage.disturbed = true;
  if (kind === "crash") crash(stage, victim, at);
  else if (kind === "stop") await restart(stage, victim, at);
  else if (kind === "crash at a commit") {
    let left = random.between(0, 12);
    victim.store.log.onCommit(() => {
      if (left-- === 0 && victim.owner.life === "alive") crash(stage, victim, at);
    });
  } else {
    victim.owner.life = "frozen";
    stage.effects.disturb(victim.owner);
    // Others take it for dead after half a minute: it comes back before that, just after it, or much later.
    const frozenMs = random.chance(0.6) ? random.between(30_000, 45_000) : random.between(1_000, 70_000);
    at(frozenMs, () => {
      victim.owner.life = "alive";
      victim.owner.thawedAtMs = stage.clock.monotonic();
      for (const run of victim.owner.held.splice(0)) run();
    });
  }
}

function crash(stage: Stage, victim: SimulatedProcess, at: At): void {
  victim.kill();
  stage.effects.disturb(victim.owner);
  at(stage.random.between(0, 40_000), () => stage.start());
}

async function restart(stage: Stage, victim: SimulatedProcess, at: At): Promise<void> {
  const stopped = victim.worker?.stop(stage.random.pick([1, 2_000, 20_000])).catch((error) => {
    if (victim.owner.life === "alive") throw error;
  });
  await Promise.race([stopped, victim.died]);
  if (victim.owner.life !== "alive") return;
  victim.kill();
  at(stage.random.between(0, 10_000), () => stage.start());
}

/** Whoever looks after the trees at the end: what is paused goes on, what is asked is answered. */
async function caretake(stage: Stage): Promise<void> {
  const { web } = stage;
  const { sqlite } = web.store.client;
  const held = sqlite
    .prepare(
      "SELECT DISTINCT uid FROM tasks JOIN pauses ON pauses.task_id = tasks.id WHERE closed_at_ms IS NULL ORDER BY tasks.id",
    )
    .pluck()
    .all() as string[];
  for (const uid of held) issue(stage, "resume", web, () => web.commands.resume(uid, PERSON));
  const open = sqlite
    .prepare("SELECT uid FROM reviews WHERE kind = 'question' AND status = 'open'")
    .pluck()
    .all() as string[];
  for (const uid of open) issue(stage, "answer", web, () => web.commands.answer(uid, "The third.", PERSON));
}
