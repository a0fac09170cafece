/** Measures a fork of a tree of 1,000 tasks, and a check of 10,000 tasks by the supervisor. */
import { ownerCalled } from "@/core/rules/roles";
import { median } from "@/lib/statistics/paired-ratio";
import { type Row, row } from "./rows/row";
import { startBenchTrial } from "./trial";

/** 1 + 27 + 972 tasks. */
const THOUSAND = { turns: 1, spread: [27, 36] };
const FORKS = 5;
/** 1 + 99 + 9,900 tasks; all wait while the leaves' models are silent. */
const TEN_THOUSAND = { turns: 1, spread: [99, 100] };
const CHECKS = 9;

export async function forkRows(): Promise<Row[]> {
  const trial = await startBenchTrial();
  await trial.work();
  const id = await trial.submit(THOUSAND);
  await trial.ended([id]);
  await trial.rest();
  const { commands, queries } = trial.runtime.application;
  const { root_task_id, totals } = await queries.getTree(id);
  const { items } = await queries.listMessages({ taskId: root_task_id }, { latest: true, limit: 50 });
  const at = items.findLast((message) => message.kind === "agent_response")?.seq;
  const { sqlite } = trial.runtime.store.client;
  const messages = sqlite.prepare("SELECT count(*) FROM messages").pluck().get() as number;
  const times: number[] = [];
  for (let round = 0; round < FORKS; round += 1) {
    const startedAt = performance.now();
    await commands.fork({ id: root_task_id, ...(at && { at }) }, ownerCalled("bench"));
    times.push(performance.now() - startedAt);
  }
  await trial.close();
  const name = "fork of 1,000 tasks";
  const note = `${totals.tasks} tasks, ${messages} messages; median of ${FORKS}`;
  return [row(name, "wall", median(times), "ms", 1_000, note)];
}

export async function supervisorRows(): Promise<Row[]> {
  const trial = await startBenchTrial({ slots: 16, model: { silentLeaves: true } });
  await trial.work();
  const id = await trial.submit(TEN_THOUSAND);
  const { sqlite } = trial.runtime.store.client;
  const count = sqlite.prepare("SELECT count(*) FROM tasks WHERE ended_at_ms IS NULL").pluck();
  const mostTasks = 1 + 99 + 9_900;
  await new Promise<void>((resolve) => {
    const unsubscribe = trial.runtime.store.log.onCommit(() => {
      if ((count.get() as number) < mostTasks) return;
      unsubscribe();
      resolve();
    });
  });
  const times: number[] = [];
  for (let round = 0; round < CHECKS; round += 1) {
    const startedAt = performance.now();
    await trial.supervise();
    times.push(performance.now() - startedAt);
  }
  const tasks = count.get() as number;
  await trial.runtime.application.commands.stop({ id, reason: "" }, ownerCalled("bench"));
  await trial.close();
  const name = "supervisor's check of 10,000 tasks";
  return [row(name, "wall", median(times), "ms", 100, `${tasks} open tasks, two commits; median of ${CHECKS}`)];
}
