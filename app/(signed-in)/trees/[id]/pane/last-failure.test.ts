import { expect, test } from "vitest";
import type { CallEntry, LogEntry } from "@/components/trees/log-entries";
import { lastFailureOf } from "./last-failure";

const call = (tool: string, isError: boolean) => ({ tool, answer: { text: tool, isError } }) as CallEntry;
const turn = (...calls: CallEntry[]) => ({ kind: "agent", calls }) as unknown as LogEntry;

test("the last output that failed is shown, but not the refusal of an ending, whose claims say more", () => {
  const entries = [turn(call("a", true)), turn(call("b", true), call("c", false)), turn(call("end_task", true))];
  expect(lastFailureOf(entries)?.tool).toBe("b");
  expect(lastFailureOf([turn(call("c", false))])).toBeUndefined();
});
