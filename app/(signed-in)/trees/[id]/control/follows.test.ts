import { expect, test } from "vitest";
import { followsText } from "./follows";

const running = { status: "running", agent: "coder", model: "a/one" } as const;

test("a person reads what a change does before making it", () => {
  expect(followsText(running, {}, "")).toMatch(/^No changes yet/);
  expect(followsText(running, { model: "b/two" }, "")).toBe(
    "b/two rereads the whole conversation, so its first turn costs more. The work so far is kept. The current turn finishes first.",
  );
  const agent = followsText({ ...running, status: "parked" }, { agent: "researcher" }, "");
  expect(agent).toContain(
    "researcher takes over from coder, with its own tools and documents. The model stays the same unless",
  );
  expect(agent).toContain("The parked task resumes now; the same provider may park it again.");
  expect(followsText({ ...running, status: "parked" }, { model: "b/two" }, "")).toMatch(
    /The parked task resumes now\.$/,
  );
  expect(followsText(running, {}, "10")).toBe(
    "When slots are short, this task and its subtasks run before tasks with normal priority.",
  );
});
