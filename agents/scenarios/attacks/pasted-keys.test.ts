/** L3: a key that a person pastes where a command takes words is in no row of the database. */
import { expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { call, endTask } from "@/tests/agents/replies";
import { trialsOfThisFile, until } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const anna = ownerCalled("anna");
const KEY = `ghp_${"AbCdEf0123456789AbCdEf0123456789abcd"}`;
const said = `Use ${KEY}`;

test("L3: a pasted key is in no row, whatever command took it", async () => {
  const write = (path: string) => call("write_file", { path, content: "x" });
  const trial = await start({
    root: [write("a"), write("b"), call("ask", { question: "Which?" }), endTask("done")],
  });
  const { application, store } = trial.runtime;
  const { commands, queries } = guarded(application, anna);
  await commands.setToolPolicy({ id: "write_file", policy: "ask" });
  const tree = await commands.submitTree({ task: "root", agent: "worker" });
  const root = tree.root_task_id;
  const next = async (kind: string, after = "") =>
    until(async () => {
      const { items } = await queries.listReviews({ open: true });
      return items.find((item) => item.kind === kind && item.id !== after)?.id ?? false;
    }, `an item ${kind}`);
  const { sqlite } = store.client;
  const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const holding = () =>
    tables.filter((name) => JSON.stringify(sqlite.prepare(`SELECT * FROM "${name}"`).all()).includes(KEY));
  const submission = { task: said, agent: "worker" };
  const first = await next("approval");
  const attempts: Record<string, () => Promise<unknown>> = {
    addSchedule: () => commands.addSchedule({ name: said, cron: "@yearly", submission }),
    changeSchedule: async () => {
      const [schedule] = await queries.listSchedules();
      await commands.changeSchedule({ id: schedule?.id ?? "", name: `${said} again`, submission });
    },
    saveTemplate: () => commands.saveTemplate({ name: said, submission }),
    comment: () => commands.comment({ id: first, text: said }),
    askTask: () => commands.askTask({ id: first, text: said }),
    addRule: () => commands.addRule({ tool: "use_terminal", why: said }),
    changeRule: async () => commands.changeRule({ id: (await queries.listRules())[0]?.id ?? "", why: said }),
    pauseEverything: async () => {
      await commands.pauseEverything({ reason: said });
      await commands.resumeEverything();
    },
    switchSelfOff: () => commands.switchSelfOff({ reason: said }),
    decide: async () => {
      // The task was asked about the first one, and writes another file then.
      await commands.decide({ id: await next("approval", first), decision: "rejected", reason: said });
    },
    answer: async () => commands.answer({ id: await next("question"), text: said }),
    steer: () => commands.steer({ id: root, text: said }),
    fork: () => commands.fork({ id: root, at: 1, steer: said }),
    judgeTree: async () => {
      await trial.ended(tree.id);
      await commands.judgeTree({ id: tree.id, outcome: "fail", reason: said });
    },
    retry: () => commands.retry({ id: root, message: said }),
    continueTask: () => commands.continueTask({ id: root, text: said }),
    stop: () => commands.stop({ id: tree.id, reason: said }),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    await attempt();
    expect([name, holding()]).toEqual([name, []]);
  }
  const kept = sqlite.prepare("SELECT name, submission FROM schedules").all();
  expect(JSON.stringify(kept).match(/\[redacted: GitHub token\]/g)).toHaveLength(2);
});
