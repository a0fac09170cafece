/** External events of a run: people's commands; processes that die, freeze, stop and start; a clock that jumps. */
import type { Stage } from "./people";
import { caretake, command, decideOpen, submit } from "./people";
import type { SimulatedProcess } from "./process";

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
  // Most trees end soon, so most events happen early.
  const soon = () => Math.floor(horizonMs * random.next() * random.next());
  submit(stage);
  for (let count = random.between(0, 2); count > 0; count -= 1) at(random.between(0, horizonMs), () => submit(stage));
  for (let count = random.between(0, 18); count > 0; count -= 1) at(soon(), () => command(stage));
  // In most runs somebody decides open items now and then.
  for (let count = random.chance(0.7) ? random.between(4, 16) : 0; count > 0; count -= 1)
    at(random.between(0, horizonMs), () => decideOpen(stage));
  const accidents = random.chance(0.35) ? 0 : random.between(1, 4);
  for (let count = accidents; count > 0; count -= 1) at(soon(), () => accident(stage, at));
  at(horizonMs + 60_000, () => {
    stage.calm = true;
    const care = () => {
      caretake(stage);
      clock.after(15_000, web.owner, care);
    };
    care();
  });
  return { isOver: () => pending === 0 };
}

type At = (ms: number, run: () => unknown) => void;

async function accident(stage: Stage, at: At): Promise<void> {
  const { random, processes, clock, tally } = stage;
  const kind = random.weighted({ crash: 5, "crash at a commit": 6, freeze: 4, stop: 3, "clock jump": 4 });
  const victim = random.pick(processes.filter((process) => process.owner.life === "alive"));
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
    // Others treat it as dead after 30 s: it returns before that, just after it, or much later.
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
