/** `service new` with requirements, as a program: a question that waits for a person, and a service at the end. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Page, Review } from "@/core/shapes/shapes";
import { specificationTexts } from "@/core/specification/testing/texts";
import { banyan, buildPrograms, dataFolder, json, scripted } from "@/scripts/testing/command-line";
import { agentScript } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { quickBlueprint, ROUNDS, writes } from "@/tests/agents/specifying/script";

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

test("service change says in one sentence what is missing or wrong", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  const env = await scripted(agentScript({}));
  const said = async (...args: string[]) => {
    const { status, stderr } = await banyan(["service", "change", ...args, "--data", data], { cwd, env });
    return [status, stderr.trim()];
  };
  expect(await said()).toEqual([2, "Name the project of the service: `npx banyan project` lists them."]);
  expect(await said("shop")).toEqual([2, 'Say what should be different: banyan service change shop "Orders …".']);
  expect(await said("shop", "x", "--mode", "fast")).toEqual([
    2,
    '--mode cannot be "fast": use autonomous or supervised.',
  ]);
  expect(await said("shop", "x", "--on-success", "push")).toEqual([
    2,
    '--on-success cannot be "push": use branch, commit or nothing.',
  ]);
  expect(await said("shop", "x")).toEqual([2, expect.stringContaining("There is no project")]);
});

test("service change follows its tree to a commit on a branch of its own", async () => {
  const [data, cwd] = [dataFolder(), dataFolder()];
  let written = specificationTexts();
  const env = await scripted(
    agentScript({
      ...ROUNDS,
      specification_writer: (request) => writes(request, written),
      coder: (request) =>
        request.turn === 0
          ? call("write_file", { path: "test/criteria.test.ts", content: `// C1 ${written.specification.length}` })
          : endTask("Written."),
    }),
  );
  const run = (...args: string[]) => banyan([...args, "--data", data], { cwd, env });
  const around = ["--workspace", "studio", "--blueprint", quickBlueprint(cwd)];
  expect((await run("service", "new", "A booking API.", ...around)).status).toBe(3);
  const { items } = (await json(["reviews", "--data", data])) as Page<Review>;
  await run("answer", items[0]?.id ?? "", "Never");
  expect((await run("resume", items[0]?.tree_id ?? "")).status).toBe(0);
  written = specificationTexts(({ specification }) => {
    specification.title = "Yoga bookings";
    specification.criteria.splice(0, 1, {
      id: "C4",
      requirement: "R1",
      text: "Nobody books twice.",
      check: { kind: "command", command: "ls openapi.yaml" },
    });
  });
  const changed = await run("service", "change", "studio", "Nobody books twice.");
  expect([changed.status, changed.stderr]).toEqual([0, ""]);
  expect(changed.stdout).toContain("The change of studio is in ");
  const spec = await run("service", "spec", "studio", "--against", "HEAD~1");
  expect([spec.status, spec.stdout]).toEqual([0, expect.stringContaining("changed criteria: C1, C4")]);
});
