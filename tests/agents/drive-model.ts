/** The model of a driven task: random replies with every kind of call, and every kind of failure. */
import type { Entry } from "@/core/log/entries";
import { unfinishedSubtasks } from "@/core/waits";
import type { Driver } from "./drive-outside";
import type { Random } from "./simulation/random";
import { event, type GivenCall, reply } from "./specification";

export function modelCall(driver: Driver): Entry[] {
  const { random, state, facts } = driver;
  const isLate = driver.turnsLeft-- <= 0;
  if (!isLate && random.chance(0.15)) return [failure(driver)];
  if (random.chance(0.03)) {
    const untilMs = facts.nowMs + 86_400_000;
    return [event(state.turn, { type: "daily_cap", message: "The cap of the day is reached.", untilMs })];
  }
  const calls: GivenCall[] = [];
  const call = (tool: string, mode: GivenCall["mode"], ask = false): void => {
    driver.ids += 1;
    const more = {
      ...(mode && { mode }),
      ...(mode === "invalid" && { problem: "No." }),
      ...(ask && { ask: true }),
      ...(tool === "run_coding_agent" && { resumes: true }),
    };
    calls.push({ id: `c${driver.ids}`, tool, ...more } as GivenCall);
  };
  if (isLate) call(unfinishedSubtasks(state, facts).length > 0 ? "wait_for_subtasks" : "end_task", "control");
  else if (driver.circles) call("read_file", "repeat");
  else for (let count = random.between(0, 3); count > 0; count -= 1) call(...anyCall(random));
  return reply(state.turn + 1, ...calls);
}

function failure({ random, state, facts }: Driver): Entry {
  if (random.chance(0.2)) return event(state.turn, { type: "too_long", message: "Too long." });
  const kind = random.weighted({
    retry: 10,
    timeout: 5,
    quota: 5,
    unknown_model: 2,
    refused: 1,
    bad_request: 1,
    no_key: 1,
  });
  const tries = state.modelTries + (kind === "quota" || kind === "unknown_model" ? 0 : 1);
  return event(state.turn, {
    type: "model_failed",
    kind,
    message: "It failed.",
    tries,
    untilMs: facts.nowMs + 5_000,
    parks: random.chance(0.5),
  });
}

/** A tool, how it is treated, and whether a person must approve the call. */
function anyCall(random: Random): [string, GivenCall["mode"], boolean] {
  const tool = random.pick([
    "read_file",
    "use_terminal",
    "run_coding_agent",
    "start_subtask",
    "start_subtask",
    "break_down_task",
    "ask",
    "wait_for_subtasks",
    "end_task",
    "flag_for_review",
    "no_such_tool",
  ]);
  const modes: Record<string, GivenCall["mode"]> = {
    read_file: "repeat",
    use_terminal: "once",
    run_coding_agent: "once",
    no_such_tool: "invalid",
  };
  const mode = modes[tool] ?? "control";
  return [tool, mode, mode !== "control" && mode !== "invalid" && random.chance(0.4)];
}
