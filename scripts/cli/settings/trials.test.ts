import { expect, test } from "vitest";
import type { Trial } from "@/core/shapes/improving/trials";
import type { Review } from "@/core/shapes/shapes";
import { banyan, buildPrograms, dataFolder, json, judged, onlyTree, scripted } from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";

buildPrograms();

const DOCUMENT = {
  name: "mcp_docs",
  description: "What agents know about MCP.",
  body: "It is a protocol.",
  why: "Shorter.",
  wait: false,
};

test("an approved version is listed, shown and ended; a tree's result is judged", async () => {
  const data = dataFolder();
  const at = ["--data", data];
  const script = agentScript({
    context_addition: [call("propose_document", DOCUMENT), endTask("proposed")],
    ...judged,
  });
  const env = await scripted(script);
  await banyan(["run", "Shorten it", "--agent", "context_addition", ...at], { env });
  const { items } = (await json(["reviews", "--open", ...at])) as { items: Review[] };
  const review = items[0]?.id ?? "";
  expect((await banyan(["trials", ...at])).stdout).toContain("There are no trials yet.");
  expect((await banyan(["approve", review, ...at], { env })).stdout).toContain("is on trial");

  const list = (await json(["trials", ...at])) as { items: Trial[] };
  expect(list.items).toMatchObject([{ kind: "document", name: "mcp_docs", status: "trial", undecided_by: "no_model" }]);
  const id = list.items[0]?.id ?? "";
  const shown = (await banyan(["trials", "show", id.slice(0, 8), ...at], { env })).stdout;
  expect(shown).toContain("Trial of version 2 of the document mcp_docs");
  expect(shown).toContain("Judged after 20 trees of each version.");
  expect((await banyan(["review", review, ...at], { env })).stdout).toContain("candidate  version 2: no result yet");
  expect(await json(["review", review, ...at])).toMatchObject({ trial: { id } });
  expect((await banyan(["trials", "back", id, ...at])).stdout).toContain(
    "Version 1 of the document mcp_docs stays live",
  );
  expect((await banyan(["trials", "take", id, ...at])).status).toBe(2);
  expect((await banyan(["trials", "undo", id, ...at])).stderr).toContain('Unknown verb "undo"');

  const tree = await onlyTree(data);
  const said = await banyan(["verdict", tree.id, "fail", "--reason", "Too short.", ...at]);
  expect(said.stdout).toContain("Noted: the result is wrong.");
  expect((await banyan(["verdict", tree.id, "perhaps", ...at])).status).toBe(2);
});
