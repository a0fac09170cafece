import { useState } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import { RetryDialog } from "./retry-dialog";
import { StopDialog } from "./stop-dialog";
import { useWorkerDraft } from "./worker-fields";

vi.mock("@/app/operate", () => ({}));

type Draft = ReturnType<typeof useWorkerDraft>;

/** Returns the draft after the person chose something and somebody else then gave the task another model. */
function afterChange(choose: (draft: Draft) => void): Draft {
  const seen: Draft[] = [];
  function Dialog() {
    const [model, setModel] = useState("anthropic/first");
    const draft = useWorkerDraft({ agent: "coder", model });
    if (model === "anthropic/first") {
      choose(draft);
      setModel("anthropic/second");
    }
    seen.push(draft);
    return null;
  }
  renderToStaticMarkup(<Dialog />);
  const last = seen.at(-1);
  if (!last) throw new Error("The dialog is shown.");
  return last;
}

test("an open dialog changes only what the person chose in it, not what somebody else changes meanwhile", () => {
  expect(afterChange(() => {})).toMatchObject({
    changes: {},
    draft: { agent: "coder", model: "anthropic/second" },
    now: { agent: "coder", model: "anthropic/second" },
  });
  expect(afterChange(({ change }) => change({ agent: "writer" })).changes).toEqual({ agent: "writer" });
  expect(afterChange(({ change }) => change({ model: " openai/third " })).changes).toEqual({ model: "openai/third" });
  // Back to the present model, or to none, is no choice.
  for (const model of ["anthropic/first", ""]) {
    const back = afterChange(({ change }) => {
      change({ model: "openai/third" });
      change({ model });
    });
    expect(back.changes).toEqual({});
  }
});

const text = (element: React.ReactNode) => renderToStaticMarkup(element).replace(/<[^>]*>/g, "");
const nothing = () => {};

test("a retry says the number of its attempt as the header and the answer do: from a person's newest words on", () => {
  const none = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
  const given = { agent: "coder", model: "anthropic/first", grant: none, spent: { tokens: 0, cost_usd: 0 } };
  const task = { id: "t", ...given, attempt: 2, tries: 1, status: "failed", reason: "by_agent" } as unknown as Task;
  expect(text(<RetryDialog task={task} onClosed={nothing} />)).toContain("Starts attempt 2 with");
});

test("what a stop says of a parent is only said of a task that has one", () => {
  const stop = (unit: "tree" | "task", hasParent: boolean) =>
    text(<StopDialog ref={null} unit={unit} hasParent={hasParent} subtasks={0} stop={nothing} />);
  expect(stop("task", true)).toContain("The parent task is told and continues.");
  expect(stop("task", false)).not.toContain("parent");
  expect(stop("task", false)).toContain("You can retry the task later.");
  expect(stop("tree", false)).toContain("You can retry the tree later.");
});
