/** What is asked while a service is specified: its page and programs find exactly these questions. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { specificationTexts } from "@/core/specification/testing/texts";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { quickBlueprint, ROUNDS, writes } from "@/tests/agents/specifying/script";
import { startTrial } from "@/tests/agents/trial";

const PATIENTLY = { timeout: 60_000 };

test("a service's questions are those of the tree that specifies it, until they are answered", async () => {
  const around = mkdtempSync(join(tmpdir(), "banyan-asked-"));
  const workspace = join(around, "studio");
  const trial = await startTrial({
    script: agentScript({
      ...ROUNDS,
      worker: ({ turn }) => (turn === 0 ? call("ask", { question: "Which colour?" }) : endTask("Painted.")),
      specification_writer: (request) => writes(request, specificationTexts()),
    }),
  });
  onTestFinished(async () => {
    await trial.close();
    rmSync(around, { recursive: true, force: true });
  });
  const { commands, queries } = trial.runtime.application;
  const requirements = "A booking API for a small studio.";
  const given = { workspace, requirements, blueprint: quickBlueprint(around) };
  const { id } = await commands.specifyService(given, tester);
  const questions = async () => (await queries.listServiceQuestions("studio")).items;
  await expect.poll(questions, PATIENTLY).toHaveLength(1);
  const [asked] = await questions();
  expect([asked?.review.kind, asked?.review.tree_id, asked?.step]).toEqual(["question", id, "specification"]);
  await expect(queries.listServiceQuestions("nothing")).rejects.toThrow(/no project "nothing"/);
  await commands.answer({ id: asked?.review.id ?? "", text: "Never" }, tester);
  expect(await questions()).toEqual([]);

  // Other work in the same project asks elsewhere.
  await trial.ended(id, 60_000);
  const other = await commands.submitTree({ task: "Paint it", agent: "worker", workspace }, tester);
  const open = async () => (await queries.listReviews({ open: true, treeId: other.id })).items;
  await expect.poll(open, PATIENTLY).toHaveLength(1);
  expect(await questions()).toEqual([]);
});
