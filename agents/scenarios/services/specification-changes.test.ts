/** A change of a service's requirements on the real runtime: specified, asked about, made again, and finished on a branch. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { Node } from "@/core/services/document/parts";
import { type SpecificationParts, specificationTexts } from "@/core/specification/testing/texts";
import { tester } from "@/tests/agents/scenario";
import { changing, specifying } from "@/tests/agents/specifying/specifying";

const SENTENCE = "A booking API for a small studio.";
const CHANGE = "Guests leave a note.\nIt may be empty.";

/** The specification as it is after the change: R1 says more, and C9 shows it. */
function withNote({ specification, openapi }: SpecificationParts): void {
  const [first] = specification.requirements;
  if (first) first.text = "A guest books a free slot, and may leave a note.";
  const check = { kind: "test" as const, operation: "POST /bookings" };
  specification.criteria.push({ id: "C9", requirement: "R1", text: "A note is kept.", check });
  const [question] = specification.ambiguities;
  if (question) question.answer = "Never";
  schemas(openapi).forEach((schema) => {
    schema.note = { type: "string", maxLength: 200 };
  });
}

/** Properties of the schemas that have a guest. */
function schemas(openapi: Node): Node[] {
  const all = (openapi.components as { schemas: Record<string, { properties?: Node }> }).schemas;
  return Object.values(all).flatMap(({ properties }) => (properties?.guest ? [properties] : []));
}

/** The name of the guest is no longer part of a booking, so clients that send or read it break. */
function withoutGuest(parts: SpecificationParts): void {
  withNote(parts);
  for (const properties of schemas(parts.openapi)) delete properties.guest;
  for (const schema of Object.values((parts.openapi.components as { schemas: Record<string, Node> }).schemas))
    if (Array.isArray(schema.required)) schema.required = schema.required.filter((name) => name !== "guest");
}

const made = () => specifying(SENTENCE, { written: [specificationTexts()], answers: ["Never"] });

test("a change is specified, asks nothing that was answered, makes the service again, and is one commit on a branch", async () => {
  const run = await made();
  const { folder, trial, read } = run;
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
  writeFileSync(join(folder, "README.md"), `${read("README.md")}\nOurs.\n`);
  const committed = ["-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qam", "Our own words"];
  git(...committed);
  const { commands } = trial.runtime.application;
  await commands.changeProject({ id: "studio", agent: "test_generator", cost_usd: 3 }, tester);
  const { tree, told, asked } = await changing(run, CHANGE, {
    written: [specificationTexts(withNote)],
    more: { grant: { tokens: 70_000_000 } },
  });
  // Who names one amount keeps the project's cap.
  expect(tree.grant).toMatchObject({ tokens: 70_000_000, cost_usd: 3 });
  expect([tree.status, trial.faults, asked]).toEqual(["succeeded", [], []]);
  expect(told[0]).toContain("A service has this specification");
  expect(told[0]).toContain(CHANGE);
  expect(told.length).toBe(1);
  expect(parse(read("spec/specification.yaml"))).toMatchObject({
    source: SENTENCE,
    changes: [CHANGE],
    ambiguities: [{ id: "Q1", answer: "Never" }],
  });
  expect(git("log", "-1", "--format=%an %s")).toBe("Banyan (goal) Change studio: Guests leave a note.");
  expect(git("branch", "--show-current")).toBe("banyan/change-studio-guests-leave-a-note");
  expect(git("status", "--porcelain")).toBe("");
  // Made again of the new document, with the person's own words.
  const changed = git("diff", "--name-only", "HEAD~1").split("\n");
  expect(changed).toEqual(expect.arrayContaining(["openapi.yaml", "spec/specification.yaml", ".banyan/made.json"]));
  expect(read("README.md")).toContain("Ours.");
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.result).toContain("It breaks no client that keeps to the document.");
  const goal = await trial.runtime.application.queries.getGoal(tree.id);
  expect(goal?.criteria.map(({ statement, met }) => [statement, met])).toEqual([
    ["A test names each acceptance criterion of spec/specification.yaml that a test shows: C1, C9", true],
  ]);
  expect([goal?.rounds.length, goal?.executor]).toEqual([1, "test_generator"]);
});

test("what breaks clients waits for a person, who may have it changed, also without supervision", async () => {
  const run = await made();
  const { tree, told, asked } = await changing(run, "Bookings are anonymous.", {
    written: [specificationTexts(withoutGuest), specificationTexts(withNote)],
    answers: ["Keep the guest, and add a note only"],
  });
  expect(asked[0]).toContain("It breaks clients that use it as it is:");
  expect(asked[0]).toMatch(/guest/);
  expect(asked[0]).toContain(
    "R1 changed: A guest books a free slot, and may leave a note. (before: A guest books a free slot.)",
  );
  expect(told[1]).toContain("Keep the guest, and add a note only");
  // Nothing breaks any more, so nobody is asked again.
  expect(asked.length).toBe(1);
  expect(tree.status).toBe("succeeded");
});

test("a person who does not want clients to break ends it, and the service is as it was", async () => {
  const run = await made();
  const { folder, read } = run;
  const service = read("src/app.ts");
  const { tree } = await changing(run, "Bookings are anonymous.", {
    written: [specificationTexts(withoutGuest)],
    answers: ["Stop"],
  });
  expect(tree.status).toBe("stopped");
  expect(read("src/app.ts")).toBe(service);
  expect(
    execFileSync("git", ["-C", folder, "log", "--format=%s"], { encoding: "utf8" }).trim().split("\n").length,
  ).toBe(2);
});

test("a writer that changes nothing, or shows the change by nothing new, is told so, and then nothing is made", async () => {
  const run = await made();
  const silent = specificationTexts((parts) => {
    withNote(parts);
    parts.specification.criteria.pop();
  });
  const answered = specificationTexts(({ specification }) => {
    const [question] = specification.ambiguities;
    if (question) question.answer = "Never";
  });
  const { tree, told, trial } = await changing(run, CHANGE, { written: [answered, silent] });
  expect(told[1]).toContain("Requirements, criteria and operations are as they were");
  expect(told[2]).toContain("R1 says something else now, and only old criteria show it");
  expect(tree.status).toBe("failed");
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.result).toContain("Nothing was made, because the specification is not consistent");
  expect(root.result).toContain("What was written of the change is still in the folder");
});

const MINE = "name: mine\nversion: 9\nsummary: Ours.\nextends: rest-api\nsetup: 'true'\ncheck: 'true'\n";

test("a writer that also writes the record and a blueprint, and has git ignore it, does not choose how its work is checked", async () => {
  const run = await made();
  const record = JSON.parse(run.read(".banyan/service.json"));
  const others = {
    ".banyan/blueprints/mine/blueprint.yaml": MINE,
    ".banyan/blueprints/.gitignore": "*\n",
    ".banyan/service.json": JSON.stringify({ ...record, blueprint: { name: "mine", version: 1 } }),
  };
  const { tree, told, trial } = await changing(run, CHANGE, { written: [{ ...specificationTexts(withNote), others }] });
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(root.result).toContain('but these files changed too: ".banyan/blueprints/.gitignore", ');
  for (const file of Object.keys(others)) expect(root.result).toContain(JSON.stringify(file));
  expect([tree.status, told.length]).toEqual(["failed", 1]);
  expect(run.read(".banyan/made.json")).not.toContain("note");
});

test("a blueprint in the folder that is not committed makes nothing, and the project's check is that of a change", async () => {
  const run = await made();
  const { commands } = run.trial.runtime.application;
  await commands.changeProject({ id: "studio", check: "ls openapi.yaml spec" }, tester);
  const folder = join(run.folder, ".banyan/blueprints/mine");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "blueprint.yaml"), MINE);
  writeFileSync(join(folder, ".gitignore"), "*\n");
  const written = [specificationTexts(withNote)];
  const refused = await changing(run, CHANGE, { written });
  const root = await run.trial.runtime.application.queries.getTask(refused.tree.root_task_id);
  expect(root.result).toContain('".banyan/blueprints/" is not as studio has it committed: commit or remove it');
  rmSync(join(run.folder, ".banyan/blueprints"), { recursive: true });
  execFileSync("git", ["-C", run.folder, "restore", "."]);
  const { tree } = await changing(run, CHANGE, { written });
  expect(tree.status).toBe("succeeded");
  const goal = await run.trial.runtime.application.queries.getGoal(tree.id);
  expect(goal?.validation_command).toBe("ls openapi.yaml spec");
});

test("what cannot be changed is refused with one sentence before a tree begins", async () => {
  const run = await made();
  const { commands } = run.trial.runtime.application;
  const change = (id: string, more = {}) => commands.changeService({ id, change: CHANGE, ...more }, tester);
  await expect(change("nothing")).rejects.toThrow("There is no project");
  await expect(change("studio", { mode: "single" })).rejects.toThrow("autonomous or supervised");
  await expect(change("studio", { model: "runbook" })).rejects.toThrow("needs a language model");
  writeFileSync(join(run.folder, "notes.txt"), "Mine.");
  await expect(change("studio")).rejects.toThrow(
    'has changes that are not committed, such as "notes.txt": commit or remove',
  );
  const git = (...args: string[]) => execFileSync("git", ["-C", run.folder, ...args]);
  git("rm", "-qr", "spec");
  git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "Without");
  await expect(change("studio")).rejects.toThrow(
    "has no spec/specification.yaml, so there are no requirements to change",
  );
});
