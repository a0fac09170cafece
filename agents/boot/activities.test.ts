import { expect, test } from "vitest";
import { createActivities } from "./activities";

const REPLY = { treeId: "t", taskId: "a", turn: 3, call: null };

test("who joins in the middle reads the text from its beginning, by channel", () => {
  const activities = createActivities(() => 1_000);
  const shown = activities.begin(REPLY);
  shown.write("reasoning", "First ");
  shown.write("text", "Hello ");
  shown.write("text", "world");
  expect(activities.textOf("t", "a")).toMatchObject({
    turn: 3,
    since: "1970-01-01T00:00:01.000Z",
    channels: { reasoning: { start: 0, text: "First " }, text: { start: 0, text: "Hello world" } },
  });
  expect(activities.textOf("other", "a")).toBeNull();
});

test("a tool that prints megabytes keeps its end, and says where that begins", () => {
  const activities = createActivities();
  const shown = activities.begin({ ...REPLY, call: { id: "c", tool: "use_terminal", about: "yes" } });
  const printed = Array.from({ length: 300_000 }, (_, index) => `line ${index}\n`);
  for (const line of printed) shown.write("output", line);
  const { start, text } = activities.textOf("t", "a")?.channels.output ?? { start: 0, text: "" };
  expect(text.length).toBeLessThanOrEqual(32_000);
  expect(printed.join("").slice(start)).toBe(text);
});

test("an ended activity is gone, a later one has a greater number, and each change is told", () => {
  const activities = createActivities(() => 5);
  const told: unknown[] = [];
  const stop = activities.onChange("t", (change) => told.push(change));
  const first = activities.begin(REPLY);
  const { number } = activities.inTree("t")[0] ?? { number: 0 };
  first.end({ lost: true });
  expect(activities.inTree("t")).toEqual([]);
  const second = activities.begin(REPLY);
  expect(activities.inTree("t")[0]?.number).toBeGreaterThan(number);
  // The end of an activity that was replaced does not remove the later one.
  first.end();
  expect(activities.inTree("t")).toHaveLength(1);
  second.report("2 of 3");
  expect(activities.textOf("t", "a")?.line).toBe("2 of 3");
  stop();
  second.end();
  expect(told).toEqual([
    { taskId: "a" },
    { taskId: "a", lost: number },
    { taskId: "a" },
    { taskId: "a" },
    { taskId: "a" },
  ]);
});
