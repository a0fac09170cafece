/** `service spec` on the command line: requirements with their trace, gaps, and what a change breaks. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type SpecificationParts, specificationTexts } from "@/core/specification/testing/texts";
import { banyan, buildPrograms, dataFolder } from "@/scripts/testing/command-line";

buildPrograms();

function write(folder: string, change?: (parts: SpecificationParts) => void): void {
  const { specification, model, openapi } = specificationTexts((parts) => {
    const [question] = parts.specification.ambiguities;
    if (question) question.answer = "Never";
    change?.(parts);
  });
  mkdirSync(path.join(folder, "spec"), { recursive: true });
  writeFileSync(path.join(folder, "spec/specification.yaml"), specification);
  writeFileSync(path.join(folder, "spec/model.yaml"), model);
  writeFileSync(path.join(folder, "openapi.yaml"), openapi);
}

function repository() {
  const folder = dataFolder();
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { encoding: "utf8" });
  write(folder);
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", "First");
  return folder;
}

test("a consistent specification is printed with its trace", async () => {
  const { status, stdout } = await banyan(["service", "spec"], { cwd: repository() });
  expect(stdout).toContain("Studio bookings: 3 requirements, 5 operations, 3 checks");
  expect(stdout).toContain("  R1   A guest books a free slot.\n       POST /bookings  C1 test\n");
  expect(stdout).toContain("  Q1  May a guest cancel? Never\n");
  expect(stdout).toContain("Consistent: every requirement has a check, and every operation a requirement.\n");
  expect(status).toBe(0);
});

test("gaps are named, also for programs, and a folder without a specification is wrong use", async () => {
  const folder = repository();
  write(folder, ({ specification }) => specification.criteria.shift());
  const { status, stdout } = await banyan(["service", "spec", folder]);
  expect(stdout).toContain("gap  Nothing shows R1: add an acceptance criterion with a check.\n1 gap to close.\n");
  expect(status).toBe(1);
  const json = JSON.parse((await banyan(["service", "spec", folder, "--json"])).stdout);
  expect(json.faults).toEqual([
    {
      code: "requirement_without_criterion",
      about: ["R1"],
      text: "Nothing shows R1: add an acceptance criterion with a check.",
    },
  ]);
  rmSync(path.join(folder, "spec"), { recursive: true });
  const none = await banyan(["service", "spec", folder]);
  expect([none.status, none.stderr]).toEqual([
    2,
    `${folder} has no spec/specification.yaml: name the folder of a service that was made from requirements.\n`,
  ]);
});

test("a changed requirement is named with what it breaks for clients", async () => {
  const folder = repository();
  const same = await banyan(["service", "spec", folder, "--against", "main"]);
  expect([same.status, same.stdout.includes("Since main\n  breaking: nothing\n")]).toEqual([0, true]);
  write(folder, ({ specification, openapi }) => {
    const [first] = specification.requirements;
    if (first) first.text = "A member books a free slot.";
    const { schemas } = openapi.components as { schemas: { NewBooking: { required: string[]; properties: object } } };
    schemas.NewBooking.required.push("member");
    Object.assign(schemas.NewBooking.properties, { member: { type: "string" } });
  });
  const { status, stdout } = await banyan(["service", "spec", folder, "--against", "HEAD"]);
  expect(stdout).toContain("  changed  R1  A member books a free slot.\n");
  expect(stdout).toMatch(/ {2}breaking .*member/);
  expect(status).toBe(1);
  const unknown = await banyan(["service", "spec", folder, "--against", "v9"]);
  expect([unknown.status, unknown.stderr]).toEqual([
    2,
    "There is no commit v9: name a commit by its id, a branch, or HEAD~1.\n",
  ]);
  expect((await banyan(["service", "spec", folder, "--against", "--upload-pack=x"])).status).toBe(2);
});
