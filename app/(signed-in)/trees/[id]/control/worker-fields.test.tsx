import { useState } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
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
