import { expect, test, vi } from "vitest";
import type { Held } from "@/components/reviews/held-decisions";
import { driveForm } from "@/components/ui/forms/testing/drive-form";
import type { ServiceQuestion } from "@/core/shapes/services/questions";
import { ServiceQuestions } from "./service-questions";

const held = vi.hoisted(() => new Map<string, Held>());
vi.mock("@/components/reviews/use-held-decisions", () => ({ useHeldDecisions: () => held }));
vi.mock("@/components/ui/page/lazily", () => ({ lazily: () => () => null }));

const question = (id: string) => ({ review: { id, tree_id: "t", task_id: "t", created_at: "" } }) as ServiceQuestion;
const decided = (id: string) => held.set(id, { id, state: "done", sentence: `Decided ${id}.` } as Held);

test("the outcome of a question stays on its page, where decisions about other trees are not shown", () => {
  const page = (...ids: string[]) => <ServiceQuestions project="shop" start={ids.map(question)} />;
  const says: string[] = [];
  decided("elsewhere");
  driveForm(
    { element: page("first"), act: (shown) => says.push(shown.text()) },
    {
      element: page("second"),
      act(shown) {
        decided("first");
        decided("second");
        says.push(shown.text());
      },
    },
    { element: page(), act: (shown) => says.push(shown.text()) },
  );
  expect(says[0]).not.toContain("Decided");
  expect(says[2]).toContain("Decided first.");
  expect(says[2]).toContain("Decided second.");
  expect(says[2]).not.toContain("elsewhere");
});
