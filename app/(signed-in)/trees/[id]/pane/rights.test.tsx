import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { RightsProvider } from "@/components/ui/rights";
import type { Review, Task } from "@/core/shapes/shapes";
import { possibleOf } from "@/core/words/remedies";
import { PaneReviews } from "./pane-reviews";
import { SteerBox } from "./steer-box";
import { TaskActions } from "./task-actions";
import { TaskSays } from "./task-says";

vi.mock("@/app/operate", () => ({}));
vi.mock("@/components/reviews/review-actions", () => ({ ReviewActions: () => <textarea aria-label="Your answer" /> }));
vi.mock("@/app/actions/continue", () => ({}));
vi.mock("@/components/going/use-go", () => ({ useGo: () => ({}) }));

const WHY = "You are signed in as viewer; this needs an operator: ask an admin.";
const task = { id: "a", title: "A", status: "failed", reason: "claims_failed", waiting_for: null } as Task;
const action = { pending: false, outcome: null, run: () => {}, say: () => {} };
const question = {
  id: "r",
  task_id: "a",
  tree_id: "t",
  kind: "question",
  act: "Answer: Which?",
  title: "Which?",
  detail: "Which?",
} as Review;

function markupFor(refusal: string | null): string {
  const nothing = () => {};
  return renderToStaticMarkup(
    <RightsProvider rights={{ run: refusal, answer: refusal, decide: refusal, configure: refusal }}>
      <TaskActions
        id={task.id}
        status={task.status}
        over
        hasParent
        subtasks={0}
        action={action}
        step={nothing}
        change={nothing}
        fork={nothing}
      />
      <TaskSays
        task={task}
        tasks={new Map([["a", task]])}
        says={{ look: "bad", text: "Failed." }}
        action={action}
        change={nothing}
        possible={possibleOf(null, false)}
        retry={nothing}
        fork={nothing}
        lastTurn={null}
        select={nothing}
      />
      <SteerBox task={task} continuation={null} nextTurn={2} />
      <PaneReviews task="k1" reviews={[question]} reader="A" />
    </RightsProvider>,
  );
}

test("a viewer sees no button that would be refused, and reads who may use it", () => {
  const viewed = markupFor(WHY);
  expect(viewed).not.toContain("<button");
  expect(viewed).not.toContain("<textarea");
  expect(viewed).toContain(WHY);
  const run = markupFor(null);
  for (const word of ["Retry", "Fork", "Retry with a message…", "Continue this task", "Your answer"]) {
    expect(run).toContain(word);
  }
});

test("the box for messages says what a message to the task does", () => {
  const boxOf = (model: string, waiting_for: Task["waiting_for"] = null) =>
    renderToStaticMarkup(
      <RightsProvider rights={{ run: null, answer: null, decide: null, configure: null }}>
        <SteerBox task={{ ...task, status: "running", model, waiting_for }} continuation={null} nextTurn={2} />
      </RightsProvider>,
    );
  expect(boxOf("openai/gpt")).toContain('placeholder="Say something; it reads it before turn 2"');
  expect(boxOf("runbook")).toContain('placeholder="A note: a runbook reads no messages"');
});
