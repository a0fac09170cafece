/** `service new` with requirements, as a program: a question that waits for a person, and a service at the end. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Page, Review } from "@/core/shapes/shapes";
import { specificationTexts } from "@/core/specification/testing/texts";
import { banyan, buildPrograms, dataFolder, json, scripted } from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { quickBlueprint, ROUNDS, writes } from "@/tests/agents/specifying/specifying";

buildPrograms();

test("user stories begin a tree that asks once, and resume makes the service after the answer", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  const env = await scripted(
    agentScript({ ...ROUNDS, specification_writer: (request) => writes(request, specificationTexts()) }),
  );
  writeFileSync(path.join(cwd, "stories.md"), "As a guest, I want to book a free slot.\n");
  const run = (...args: string[]) => banyan([...args, "--data", data], { cwd, env });
  const blueprint = ["--blueprint", quickBlueprint(cwd)];
  const asked = await run("service", "new", "--requirements", "stories.md", "--workspace", "studio", ...blueprint);
  // It waits for the person.
  expect([asked.status, asked.stderr]).toEqual([3, expect.stringContaining("Waiting for you: May a guest cancel?")]);
  expect(existsSync(path.join(cwd, "studio/package.json"))).toBe(false);
  const { items } = (await json(["reviews", "--data", data])) as Page<Review>;
  expect(items).toMatchObject([{ kind: "question" }]);
  expect((await run("answer", items[0]?.id ?? "", "Never")).status).toBe(0);
  const ended = await run("resume", items[0]?.tree_id ?? "");
  expect([ended.status, ended.stderr]).toEqual([0, ""]);
  const folder = path.join(cwd, "studio");
  expect(ended.stdout).toContain("The service studio is in ");
  expect(readFileSync(path.join(folder, "spec/specification.yaml"), "utf8")).toContain("answer: Never");
  const spec = await run("service", "spec", "studio");
  expect([spec.status, spec.stdout]).toEqual([0, expect.stringContaining("Consistent")]);
});
