import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { ReviewItem } from "@/core/shapes/review";
import type { Review } from "@/core/shapes/shapes";
import { DecideBar } from "./decide-bar";

const WHY = "You are signed in as viewer; deciding needs the role reviewer: ask an admin.";
const nothing = () => {};

function bar(kind: Review["kind"], mayNot: string | null, more: { alike?: string[]; isOver?: boolean } = {}): string {
  const item = {
    review: { id: "r1", kind, title: "May it?", status: more.isOver ? "rejected" : "open", decided_by: "Mara" },
    agent: "coder",
    proposal: null,
    comments: [],
    may_not: { decide: mayNot, comment: mayNot, ask: mayNot },
  } as unknown as ReviewItem;
  const deciding = { approve: nothing, reject: nothing, answer: nothing, approveChanged: nothing };
  return renderToStaticMarkup(
    <DecideBar
      {...{ item, deciding, canUndo: false, undo: nothing, onSaid: nothing, answerBox: { current: null } }}
      alike={more.alike ?? ["r1"]}
      isOver={more.isOver ?? false}
    />,
  );
}

const buttons = (html: string) => html.match(/<button[^>]*>/g) ?? [];
/** The attribute, and not a class that styles it. */
const isDisabled = (button: string) => / (aria-)?disabled="(true)?"/.test(button);

test("whoever may not decide sees every button, disabled, and a sentence that says who may", () => {
  for (const kind of ["approval", "flag"] as const) {
    const html = bar(kind, WHY);
    expect(html).toContain(WHY);
    expect(buttons(html).length).toBeGreaterThan(3);
    expect(buttons(html).filter((button) => !isDisabled(button))).toEqual([]);
  }
  const question = bar("question", WHY);
  expect(question).toContain(WHY);
  expect(question).not.toContain("<textarea");
  expect(buttons(bar("approval", null)).filter((button) => isDisabled(button))).toEqual([]);
});

test("equal items are decided together or one alone, and what is over cannot be decided", () => {
  const html = bar("approval", null, { alike: ["r1", "r2", "r3"] });
  expect(html).toContain("Approve all 3 alike");
  expect(html).toContain("Only this one");
  const over = bar("approval", null, { isOver: true });
  expect(over).toContain("It was rejected by Mara. Nothing is left to decide.");
  expect(buttons(over)).toEqual([]);
});
