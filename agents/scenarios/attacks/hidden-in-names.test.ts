/** O4: characters that nobody sees, in every name and title that a list, an item or a status shows. */
import { expect, test } from "vitest";
import { guarded, PERMISSIONS } from "@/agents/guard/guard";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { sub, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const HIDDEN = /[\u202e\u200b\u{e0041}]/u;
const named = (what: string) => `${what} \u202egpj\u200b\u{e0041}`;

/** Texts as they are: what agents read, what a person edits again, and the entries of a log. */
const AS_WRITTEN = /\.(instruction|content|task|text|result|summary)(\.|$)/;

test("no list, item or status shows a name with characters that nobody sees, whatever query is asked", async () => {
  const deep = { ...sub("deep"), title: named("Subtask") };
  const flag = call("flag_for_review", { issue: named("An issue"), uncertainty: 5 });
  const trial = await start({
    [named("root")]: [startSubtask(deep), call("ask", { question: named("Which?") }), endTask("done")],
    deep: [flag, flag, { calls: [{ name: "end_task", input: { status: "failure", result: "no" } }] }],
  });
  const { commands, queries } = guarded(trial.runtime.application, tester);
  const submission = { task: named("root"), agent: "worker" };
  const tree = await trial.submit(submission);
  const open = await until(async () => {
    const { items } = await queries.listReviews({ open: true });
    return items.length === 3 && items;
  }, "the question and the flags wait");
  const flagged = open.find(({ kind }) => kind === "flag");
  await commands.decide({ id: flagged?.id ?? "", decision: "approved", reason: "" });
  const cron = { cron: "@yearly", submission };
  const schedule = await commands.addSchedule({ ...cron, name: named("Nightly") });
  await commands.runSchedule({ id: schedule.id });
  const paused = await commands.addSchedule({ ...cron, name: named("Paused") });
  const { sqlite } = trial.runtime.store.client;
  sqlite.prepare("UPDATE schedules SET paused_at_ms = 1, paused_why = 'Why.' WHERE uid = ?").run(paused.id);
  await commands.saveTemplate({ name: named("A template"), submission });

  const shown = new Map<string, string>();
  const ids = ["", tree.id, tree.root_task_id, schedule.id, ...open.map(({ id }) => id)];
  const methods = queries as unknown as Record<string, ((...args: unknown[]) => Promise<unknown>) | undefined>;
  for (const name of Object.keys(PERMISSIONS)) {
    for (const id of ids) {
      for (const args of [[id, tester], [{ taskId: id }], [{}]])
        note(name, await methods[name]?.(...args).catch(() => undefined));
    }
  }
  const lists = [
    "listTrees",
    "listSchedules",
    "getReviewItem",
    "listDecided",
    "listAudit",
    "getStatus",
    "listTemplates",
  ];
  for (const name of lists)
    expect(
      [...shown.keys()].some((path) => path.startsWith(name)),
      name,
    ).toBe(true);
  const hidden = [...shown].filter(([path, text]) => HIDDEN.test(text) && !AS_WRITTEN.test(path));
  expect(hidden).toEqual([]);
  expect([...shown.values()].filter((text) => text.includes("\\u{202e}gpj\\u{200b}\\u{e0041}")).length).toBeGreaterThan(
    10,
  );

  /** Keeps one text for each path, a hidden one before others. */
  function note(path: string, value: unknown): void {
    if (typeof value === "string") {
      if (!HIDDEN.test(shown.get(path) ?? "")) shown.set(path, value);
    } else if (Array.isArray(value)) for (const item of value) note(path, item);
    else if (typeof value === "object" && value !== null)
      for (const [key, member] of Object.entries(value)) note(`${path}.${key}`, member);
  }
});
