/** A service from a sentence on the real runtime: specified, asked about once, made, and finished as a goal. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse } from "yaml";
import { projectOperations } from "@/agents/commands/projects";
import { specificationTexts } from "@/core/specification/testing/texts";
import { agentScript } from "@/tests/agents/provider-script";
import { tester } from "@/tests/agents/scenario";
import { ROUNDS } from "@/tests/agents/specifying/script";
import { specifying } from "@/tests/agents/specifying/specifying";
import { startTrial } from "@/tests/agents/trial";

const SENTENCE = "A booking API for a small studio.";

test("a sentence becomes a service: one question, one branch, one project, and a goal that its criteria end", async () => {
  const { trial, tree, folder, told, asked, read } = await specifying(SENTENCE, {
    written: [specificationTexts()],
    answers: ["Never"],
  });
  expect([tree.status, trial.faults]).toEqual(["succeeded", []]);
  expect(asked).toEqual([expect.stringContaining("May a guest cancel? (R1) Without an answer: Until a day before.")]);
  expect(told[0]).toContain(SENTENCE);
  expect(told[1]).toContain("- Q1: May a guest cancel?\n  Answer: Never");
  expect(told.length).toBe(2);
  const kept = parse(read("spec/specification.yaml"));
  expect(kept).toMatchObject({ source: SENTENCE, ambiguities: [{ id: "Q1", answer: "Never" }] });
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" }).trim();
  expect(git("log", "--format=%an %s")).toBe(
    "Banyan (goal) Finish the service studio\nBanyan Make studio from its specification",
  );
  // The person's branch has what was made, and the work is on a branch of its own.
  expect(git("branch", "--format=%(refname:short)")).toBe("banyan/finish-the-service-studio\nmain");
  expect(git("ls-tree", "--name-only", "HEAD", "spec/", "openapi.yaml").split("\n")).toEqual([
    "openapi.yaml",
    "spec/model.yaml",
    "spec/specification.yaml",
  ]);
  const { queries } = trial.runtime.application;
  expect(await queries.getProject("studio")).toMatchObject({ address: folder, check: { command: "ls openapi.yaml" } });
  expect(await queries.getSpecification("studio")).toMatchObject({ title: "Studio bookings", faults: [] });
  const goal = await queries.getGoal(tree.id);
  expect(goal?.criteria.map(({ statement, met }) => [statement, met])).toEqual([
    ["A test names each acceptance criterion of spec/specification.yaml that a test shows: C1", true],
  ]);
  expect(goal?.rounds.map(({ verdict }) => verdict)).toEqual(["better"]);
  const root = await queries.getTask(tree.root_task_id);
  expect(root.result).toContain(`The service studio is in ${folder}, which is the project studio.`);
  expect(root.result).toContain("Only the running service shows C2, C3");
  expect(readdirSync(join(folder, ".."))).toEqual(expect.arrayContaining(["quick", "studio"]));
  expect(readdirSync(join(folder, "..")).length).toBe(2);
});

test("faults go back to the writer at most three times, and then nothing is made", async () => {
  const broken = specificationTexts(({ specification }) => specification.criteria.pop());
  const { tree, told, folder, trial } = await specifying(SENTENCE, { written: [broken] });
  const root = await trial.runtime.application.queries.getTask(tree.root_task_id);
  expect(tree.status).toBe("failed");
  expect(root.result).toContain("Nothing was made, because the specification is not consistent");
  expect(root.result).toContain("Nothing shows N1: add an acceptance criterion with a check.");
  expect(told[1]).toContain("- Nothing shows N1: add an acceptance criterion with a check.");
  expect(tree.tasks.filter(({ agent }) => agent === "specification_writer").length).toBe(4);
  expect(existsSync(join(folder, "package.json"))).toBe(false);
});

test("a supervised service waits for a person, who has it changed before anything is made", async () => {
  const renamed = specificationTexts(({ specification }) => Object.assign(specification, { title: "Yoga bookings" }));
  const { tree, asked, told, read } = await specifying(SENTENCE, {
    written: [specificationTexts(), specificationTexts(), renamed],
    answers: ["Take all defaults", "Call it Yoga bookings", "Yes", "Go on"],
    more: { mode: "supervised", max_iterations: 1 },
  });
  expect(asked[1]).toContain("Make the service of this specification?");
  expect(asked[1]).toContain("R1  A guest books a free slot.");
  expect(told[2]).toContain("Call it Yoga bookings");
  expect(asked[2]).toContain("Yoga bookings");
  expect(parse(read("spec/specification.yaml"))).toMatchObject({
    title: "Yoga bookings",
    ambiguities: [{ answer: "Until a day before" }],
  });
  expect(tree.status).toBe("succeeded");
});

test("a person who says stop ends it, and nothing is made", async () => {
  const { tree, folder } = await specifying(SENTENCE, { written: [specificationTexts()], answers: ["Stop"] });
  expect(tree.status).toBe("stopped");
  expect(existsSync(join(folder, ".git"))).toBe(false);
});

/** A server that works at nothing, and a folder that is not there yet. */
async function standing() {
  const folder = join(realpathSync(mkdtempSync(join(tmpdir(), "banyan-again-"))), "studio");
  const trial = await startTrial({ script: agentScript(ROUNDS), work: false });
  onTestFinished(async () => {
    await trial.close();
    rmSync(join(folder, ".."), { recursive: true, force: true });
  });
  return { folder, ...trial.runtime.application };
}

test("of two requests for one folder, one is refused and leaves the project of the other", async () => {
  const { folder, commands, queries } = await standing();
  const asked = { workspace: folder, requirements: SENTENCE };
  const both = await Promise.allSettled([1, 2].map(() => commands.specifyService(asked, tester)));
  const refused = both.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
  expect(refused).toEqual([expect.stringContaining("Another request is making this service: try again in a moment.")]);
  expect(await queries.getProject("studio")).toMatchObject({ address: folder });
});

test("a refused request takes back only what it made itself", async () => {
  const { folder, commands, queries } = await standing();
  const { run } = projectOperations.addProject;
  const adding = vi.spyOn(projectOperations.addProject, "run");
  onTestFinished(() => adding.mockRestore());
  const specified = () => commands.specifyService({ workspace: folder, requirements: SENTENCE }, tester);
  adding.mockRejectedValueOnce(new Error("The disk is full."));
  await expect(specified()).rejects.toThrow("The disk is full.");
  expect(existsSync(folder)).toBe(false);
  // Somebody adds the same project in that moment.
  adding.mockImplementationOnce(async (...given) => {
    await run(...given);
    return run(...given);
  });
  await expect(specified()).rejects.toThrow("This repository is already the project studio");
  expect(await queries.getProject("studio")).toMatchObject({ address: folder });
});

test("asked for again after a kill between its project and its tree, a service takes the project", async () => {
  const { folder, commands, queries } = await standing();
  mkdirSync(folder);
  await commands.addProject({ address: folder, name: "studio", check: "true" }, tester);
  const asked = { workspace: folder, name: "studio", requirements: SENTENCE, once: "k" };
  const { id } = await commands.specifyService(asked, tester);
  expect((await commands.specifyService(asked, tester)).id).toBe(id);
  expect((await queries.getProject("studio")).check?.command).not.toBe("true");
  await expect(commands.specifyService({ ...asked, once: "other" }, tester)).rejects.toThrow(
    "There is already a project studio",
  );
});
