import { expect, test } from "vitest";
import { followsText } from "./follows";

const running = { status: "running", agent: "coder", model: "a/one" } as const;

test("a change says what will follow from it before it is made", () => {
  expect(followsText(running, {}, "")).toMatch(/^Nothing changes yet/);
  expect(followsText(running, { model: "b/two" }, "")).toBe(
    "b/two reads the conversation so far from its beginning, so its first turn costs more. What it has said and done stays. The turn that runs now ends first.",
  );
  const agent = followsText({ ...running, status: "parked" }, { agent: "researcher" }, "");
  expect(agent).toContain(
    "researcher takes over from coder, with its own tools and documents. The model stays, unless",
  );
  expect(agent).toContain("It is parked and tries at once; the same provider may park it again.");
  expect(followsText({ ...running, status: "parked" }, { model: "b/two" }, "")).toMatch(
    /It is parked and tries at once\.$/,
  );
  expect(followsText(running, {}, "10")).toBe(
    "When slots are short it is served first: before tasks with normal priority. So are its subtasks.",
  );
});
