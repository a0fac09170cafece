import { expect, test } from "vitest";
import { endTask } from "@/tests/agents/replies";
import { logOf, responsesOf, runRoot, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

test("of 300 flags in one reply five are raised, and the agent is told why", async () => {
  const flags = Array.from({ length: 300 }, (_, at) => ({ name: "flag_for_review", input: { issue: `Issue ${at}` } }));
  const trial = await start({ root: [{ calls: flags }, endTask("done")] });
  const tree = await runRoot(trial);
  const { items } = await trial.runtime.application.queries.listReviews({ limit: 400 });
  expect(items.map((item) => item.title).sort()).toEqual([0, 1, 2, 3, 4].map((at) => `Issue ${at}`));
  const refused = responsesOf(await logOf(trial, tree.root_task_id)).filter((text) =>
    text.includes("Combine related problems"),
  );
  expect(refused).toHaveLength(295);
});
