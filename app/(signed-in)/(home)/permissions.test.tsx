import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { RightsProvider } from "@/components/ui/rights";
import type { Review } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import { Composer } from "./composer/composer";
import { RunbookNote } from "./composer/done-by";
import { EMPTY_DRAFT } from "./composer/draft";
import { Need } from "./needs/need";

const status = { models: [], defaultModel: "runbook" } as unknown as ServerStatus;
const rights = {
  run: "Starting tasks needs operator.",
  answer: "Answering needs operator.",
  decide: "",
  configure: "",
};
const question = {
  id: "r1",
  tree_id: "t1",
  task_id: "k1",
  kind: "question",
  act: "Answer: Which name?",
  title: "Which name?",
  detail: "Which name?\n\n- <b>One</b>\n- Two",
  evidence: null,
  if_ignored: null,
  default_answer: null,
  tool: null,
  created_at: "2026-01-01T00:00:00.000Z",
} as Review;

test("a viewer reads who can start a task or answer, and sees no button that the server would refuse", () => {
  const choices = { agents: ["worker"], runbooks: [], templates: [] };
  const page = renderToStaticMarkup(
    <RightsProvider rights={rights}>
      <Composer place={{ workspace: "", project: "" }} choices={choices} status={status} isIdle />
      <Need review={question} failure={null} />
    </RightsProvider>,
  );
  expect(page).toContain(rights.run);
  expect(page).toContain(rights.answer);
  expect(page).not.toMatch(/<(button|textarea|input)/);
});

test("a user who may answer sees the question's offered answers as text", () => {
  const need = renderToStaticMarkup(<Need review={question} failure={null} />);
  expect(need).toMatch(/data-offer[^>]*>&lt;b&gt;One&lt;\/b&gt;<kbd[^>]*>1</);
  expect(need).toMatch(/data-offer[^>]*>Two<kbd[^>]*>2</);
});

test("a text in one's own words is told to be no order for a runbook, which is what a person without a model has", () => {
  const draft = { ...EMPTY_DRAFT, by: "runbook", runbook: "survey" } as const;
  const noteOf = (task: string) => renderToStaticMarkup(<RunbookNote draft={{ ...draft, task }} status={status} />);
  expect(noteOf(" ")).toBe("");
  expect(noteOf("Write a haiku")).toContain(
    "A runbook follows fixed steps and does not understand this text. To have it done, connect",
  );
});
