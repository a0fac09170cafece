import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Review, ServerStatus } from "@/agents/core/shapes";
import { Need } from "../needs";
import { Composer } from "./composer";

const status = { models: [], defaultModel: "runbook" } as unknown as ServerStatus;
const rights = { role: "viewer", run: false, answer: false, decide: false, keys: false };
const question = {
  id: "r1",
  tree_id: "t1",
  task_id: "k1",
  kind: "question",
  title: "Which name?",
  detail: "Which name?\n\n- <b>One</b>\n- Two",
  evidence: null,
  if_ignored: null,
  created_at: "2026-01-01T00:00:00.000Z",
} as Review;

test("a viewer reads who can start a task or answer, and finds no button that would be refused", () => {
  const choices = { agents: ["worker"], runbooks: [], templates: [] };
  const composer = renderToStaticMarkup(<Composer choices={choices} status={status} rights={rights} />);
  expect(composer).toContain("Operators can; ask one.");
  const need = renderToStaticMarkup(<Need review={question} tree={undefined} say={() => {}} rights={rights} />);
  expect(need).toContain("Operators can answer");
  for (const markup of [composer, need]) expect(markup).not.toMatch(/<(button|textarea|input)/);
});

test("whoever may answer finds the answers that the question offers, as text", () => {
  const allowed = { ...rights, role: "operator", answer: true };
  const need = renderToStaticMarkup(<Need review={question} tree={undefined} say={() => {}} rights={allowed} />);
  expect(need).toMatch(/data-offer[^>]*>&lt;b&gt;One&lt;\/b&gt;<kbd>1</);
  expect(need).toMatch(/data-offer[^>]*>Two<kbd>2</);
});
