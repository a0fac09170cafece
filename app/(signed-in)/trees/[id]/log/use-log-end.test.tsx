import { useState } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { CallEntry, LogEntry } from "@/components/trees/log-entries";
import type { Task } from "@/core/shapes/shapes";
import { LastFailure } from "../pane/last-failure";
import { type LogEnd, useLogEnd } from "./use-log-end";

vi.mock("@/app/operate", () => ({}));

const call = (tool: string, isError: boolean) =>
  ({ tool, answer: { seq: 1, text: tool, isError, wholeChars: null } }) as CallEntry;
const turn = (number: number, ...calls: CallEntry[]) =>
  ({ kind: "agent", seq: number, turn: number, calls }) as unknown as LogEntry;

interface Read {
  task: Task;
  entries: LogEntry[];
  isEnd: boolean;
}

const task = (turns: number) => ({ id: "t", attempt: 1, turns, status: "failed" }) as Task;

/** Returns what a page says after it held these parts of the log, one after another. */
function afterReading(...parts: readonly Read[]): LogEnd {
  const seen: LogEnd[] = [];
  function Pane() {
    const [at, setAt] = useState(0);
    const { task, entries, isEnd } = parts[at] as Read;
    seen.push(useLogEnd(task, entries, isEnd));
    if (at + 1 < parts.length) setAt(at + 1);
    return null;
  }
  renderToStaticMarkup(<Pane />);
  return seen.at(-1) as LogEnd;
}

const whole = [turn(1, call("a", true)), turn(2, call("b", true), call("c", false)), turn(3, call("end_task", true))];

test("the last output that failed is shown, but not the refusal of an ending, whose claims say more", () => {
  const end = afterReading({ task: task(3), entries: whole, isEnd: true });
  expect(end.lastFailure?.tool).toBe("b");
  expect(end.lastTurn).toMatchObject({ at: 3, what: "turn 3" });
  const fine = { task: task(1), entries: [turn(1, call("c", false))], isEnd: true };
  expect(afterReading(fine).lastFailure).toBe(null);
});

test("an earlier part of the log says nothing of its end", () => {
  const end = afterReading({ task: task(3), entries: whole.slice(0, 1), isEnd: false });
  expect(end).toEqual({ whyParked: null, lastTurn: null, lastFailure: null });
  expect(renderToStaticMarkup(<LastFailure call={end.lastFailure} />)).toBe("");
});

test("a reader who goes to an earlier part keeps what the end said, until the task goes on", () => {
  const read = { task: task(3), entries: whole, isEnd: true };
  const earlier = { ...read, entries: whole.slice(0, 1), isEnd: false };
  expect(afterReading(read, earlier)).toMatchObject({ lastTurn: { at: 3 }, lastFailure: { tool: "b" } });
  expect(afterReading(read, earlier, { ...earlier, task: task(4) })).toMatchObject({
    lastTurn: null,
    lastFailure: null,
  });
});
