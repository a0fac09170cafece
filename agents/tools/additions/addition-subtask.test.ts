import { expect, test } from "vitest";
import { given, reply, task } from "@/tests/agents/specification";
import { additionSubtask } from "./addition-subtask";

const instructionFor = (instruction: string) => {
  const state = given(task({}, { instruction })).state();
  const [call] = given(task(), reply(1, { id: "a", tool: "request_context" }))
    .state()
    .open.values();
  if (!call) throw new Error("There is no call.");
  return additionSubtask("context_addition", "the rules", call, { state, mayStart: () => true })?.instruction;
};

test("the helper of a task reads the beginning and the end of a long instruction, and that the middle is left out", () => {
  expect(instructionFor("Do it.")).toMatch(/\nIts instruction:\nDo it\.$/);
  const long = instructionFor(`First this. ${"x".repeat(9_000)} Then that.`);
  expect(long).toMatch(/\nIts instruction:\nFirst this\. x+\n\[… \d+ characters left out …\]\nx+ Then that\.$/);
  expect(long?.length).toBeLessThan(4_200);
});
