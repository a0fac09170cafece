/** What one side keeps while the other is busy or gone, and what it tells then. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { createActivities } from "@/agents/boot/activities";
import type { Commit } from "@/db/records/records";
import type { CommitsLine, FromWorker } from "./lines";
import { linkOver } from "./link";
import { createActivityTeller } from "./tell-activities";
import { createCommitTeller } from "./tell-commits";

const REPLY = { treeId: "t", taskId: "a", turn: 1, call: null };

function busyLink<Line>() {
  const link = {
    isBusy: false,
    sent: [] as Line[],
    isFree: () => !link.isBusy,
    send: (line: Line) => void link.sent.push(line),
  };
  return link;
}

const commit = (treeUid: string, task: string, seq: number): Commit => ({
  treeId: 1,
  treeUid,
  tasks: new Set([task]),
  fromSeq: seq,
  toSeq: seq,
});

test("pages that are busy get all of a draft later, in a few lines; nothing queues up meanwhile", async () => {
  const own = createActivities();
  const link = busyLink<FromWorker>();
  const teller = createActivityTeller(own, link);
  const shown = own.begin(REPLY);
  shown.write("text", "from the beginning, ");
  teller.watch(["t"]);
  expect(link.sent).toHaveLength(1);
  link.isBusy = true;
  for (let at = 0; at < 20_000; at++) shown.write("text", `word ${at} of a long answer, `);
  expect(link.sent).toHaveLength(1);
  link.isBusy = false;
  const pages = createActivities();
  const whole = own.textOf("t", "a")?.channels.text?.text;
  await expect
    .poll(() => {
      teller.flush();
      for (const { shown: tasks = [] } of link.sent.splice(0))
        for (const { activity } of tasks) if (activity) pages.put("t", activity);
      return pages.textOf("t", "a")?.channels.text?.text === whole;
    })
    .toBe(true);
  shown.end({ lost: true });
  await expect
    .poll(() => link.sent.at(-1)?.shown)
    .toMatchObject([{ taskId: "a", activity: null, lost: expect.any(Number) }]);
  // Whom nobody watches is not told.
  teller.watch([]);
  link.sent.length = 0;
  own.begin(REPLY).write("text", "unseen");
  teller.flush();
  expect(link.sent).toEqual([]);
  teller.stop();
});

test("commits are told at once, merged while the other side is busy, and beyond a limit only that there were some", async () => {
  const link = busyLink<CommitsLine>();
  const teller = createCommitTeller(link);
  teller.tell([commit("t", "a", 5)]);
  expect(link.sent).toEqual([{ commits: [{ treeId: 1, treeUid: "t", tasks: ["a"], fromSeq: 5, toSeq: 5 }] }]);
  link.isBusy = true;
  teller.tell([commit("t", "a", 6)]);
  teller.tell([commit("t", "b", 0)]);
  teller.tell([commit("t", "b", 8)]);
  link.isBusy = false;
  await expect
    .poll(() => {
      teller.flush();
      return link.sent.at(-1);
    })
    .toEqual({ commits: [{ treeId: 1, treeUid: "t", tasks: ["a", "b"], fromSeq: 6, toSeq: 8 }] });
  link.isBusy = true;
  for (let at = 0; at < 5_000; at++) teller.tell([commit(`tree ${at}`, "a", at)]);
  link.isBusy = false;
  await expect
    .poll(() => {
      teller.flush();
      return link.sent.at(-1);
    })
    .toEqual({ missed: true });
  teller.stop();
});

test("what the process beside this one showed is void when it is gone", () => {
  const pages = createActivities();
  const told: unknown[] = [];
  pages.onChange("t", (change) => told.push(change));
  const shown = { task_id: "a", number: 7, turn: 1, since: "", call: null, line: null };
  pages.put("t", { ...shown, channels: { text: { start: 0, text: "Half of" } } });
  pages.put("t", { ...shown, channels: { text: { start: 5, text: "of it" } } });
  expect(pages.textOf("t", "a")?.channels.text).toEqual({ start: 0, text: "Half of it" });
  pages.dropAll();
  expect([pages.inTree("t"), told.at(-1)]).toEqual([[], { taskId: "a", lost: 7 }]);
});

test("a line arrives whole whatever characters a model wrote, in pieces too, and a half one is dropped", async () => {
  const socket = Object.assign(new PassThrough(), { unref: () => undefined });
  const heard: string[] = [];
  const link = linkOver<string, string>(socket as never);
  const ended = new Promise<void>((end) => link.open({ hear: (line) => heard.push(line), free() {}, end }));
  const texts = ["a\u2028b\u2029c\nd", "é".repeat(100)];
  for (const text of texts) link.send(text);
  for (const byte of Buffer.from(`${JSON.stringify("ü\u2028")}\n"half`)) socket.write(Buffer.of(byte));
  await expect.poll(() => heard).toEqual([...texts, "ü\u2028"]);
  link.close();
  await ended;
});
