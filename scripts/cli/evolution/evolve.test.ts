/** `evolve` on the command line: begun and followed without a server, decided, stopped and resumed, its rules changed. */
import { expect, test } from "vitest";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import { banyan, buildPrograms, dataFolder, scripted } from "@/scripts/testing/command-line";
import { agents, good, lying, repositoryWith } from "@/tests/agents/evolution/evolving";

buildPrograms();

async function project(deeds: Parameters<typeof agents>[0]) {
  const data = dataFolder();
  const { folder, git } = repositoryWith(Object.keys(deeds));
  const env = await scripted(agents(deeds));
  const run = (...args: string[]) => banyan([...args, "--data", data], { env, cwd: data });
  expect((await run("migrate")).status).toBe(0);
  expect((await run("project", "add", folder, "--name", "shop", "--check", "test -f LICENSE")).status).toBe(0);
  const evolve = (...args: string[]) => run("evolve", "shop", ...args);
  const state = async () => JSON.parse((await evolve("status", "--json")).stdout) as EvolutionOfProject;
  return { evolve, state, folder, git, run };
}

test("a run is followed without a server until its change waits for a person, who accepts it as a branch", async () => {
  const { evolve, state, folder, git, run } = await project({ sum: good("sum") });
  const { status, stdout, stderr } = await evolve();
  expect(stderr).toBe("");
  expect(status).toBe(3);
  const [cycle] = (await state()).cycles;
  const tree = cycle?.tree?.slice(0, 8);
  expect(stdout.split("\n")).toEqual([
    "Looking at shop, then at most 1 cycle.",
    "Cycle 1: The type any stands in one place (src/sum.ts:2)",
    `  Tree ${tree} works on it.`,
    `  Its change waits for you: npx banyan evolve shop accept ${cycle?.id}, or reject ${cycle?.id} --reason "…"`,
    `  Read it with: npx banyan diff ${tree}`,
    "The run has ended. It has begun 1 cycle, as many as were asked for.",
    "",
  ]);
  expect((await run("status")).stdout).toContain("! A change of shop waits for you: The type any stands in one place.");
  expect((await evolve("reject", cycle?.id ?? "")).status).toBe(2);
  const accepted = await evolve("accept", cycle?.id ?? "", "--branch", "typed-sum", "--repository", folder);
  expect([accepted.status, accepted.stderr]).toEqual([0, ""]);
  expect(accepted.stdout).toContain("typed-sum");
  expect(git("show", "typed-sum:src/sum.ts")).toContain("number[]");
  expect((await evolve("status")).stdout).toMatch(/^The next cycle can begin|^No insight is left/);
}, 240_000);

test("a refused try is printed with its reason, and a failed cycle exits with 1", async () => {
  const { evolve } = await project({ sum: lying("sum") });
  const wrong = await evolve("--executor", "nobody");
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("nobody")]);
  const { status, stdout } = await evolve("--max-cycles", "5", "--criterion", "It has a licence :: test -f LICENSE");
  expect(status).toBe(1);
  expect(stdout.match(/^ {2}Try \d refused: A look at the files still finds it/gm)).toHaveLength(3);
  expect(stdout).toContain("  Failed. None of 3 tries passed. 3 of 3 tries, $");
  expect(stdout).toContain("The run has ended. No insight is left that the rules allow and no cycle has tried.");
}, 240_000);

test("a run whose look fails exits with 1, and says so in JSON too", async () => {
  const { evolve, state, run } = await project({ sum: good("sum") });
  await run("project", "change", "shop", "--branch", "gone");
  const { status, stdout } = await evolve();
  expect(status).toBe(1);
  expect(stdout).toMatch(/\nThe run has failed\. The look for insights failed: .*gone/);
  expect((await state()).runs).toMatchObject([{ state: "ended", fault: "look", cycles: 0 }]);
  const again = await evolve("--json");
  expect(again.status).toBe(1);
  expect(JSON.parse(again.stdout).runs).toMatchObject([{ fault: "look" }, { fault: "look" }]);
  expect((await evolve("status")).stdout).toMatch(/^The last run failed\..*\nThe last run has failed\. /s);
}, 240_000);

test("the kill switch and the rules work without a run", async () => {
  const { evolve, state } = await project({ sum: good("sum") });
  const mixed = await evolve("--cycle-usd", "1", "--path", "docs/**");
  expect([mixed.status, mixed.stdout]).toEqual([2, ""]);
  expect(mixed.stderr).toContain("--cycle-usd belongs to `banyan evolve PROJECT rules`");
  expect((await state()).runs).toEqual([]);
  expect((await evolve("stop")).stdout).toContain("Stopped the evolution of shop.");
  const refused = await evolve();
  expect([refused.status, refused.stdout]).toEqual([2, ""]);
  expect((await evolve("status")).stdout).toMatch(/stopped it\. No cycle begins until a person resumes it\./);
  expect((await evolve("resume")).stdout).toBe("Resumed: cycles of shop may begin again.\n");
  const caps = ["--cycle-usd", "1", "--day-usd", "4", "--path", "src/**", "--path", "tests/**"];
  const saved = await evolve("rules", ...caps, "--quiet", "08:00-18:00", "--zone", "Europe/Berlin");
  expect(saved.stdout).toBe("Saved the rules for the evolution of shop.\n");
  expect((await state()).rules).toMatchObject({
    cycle_usd: 1,
    day_usd: 4,
    paths: ["src/**", "tests/**"],
    quiet: { from: "08:00", until: "18:00", zone: "Europe/Berlin" },
  });
  await evolve("rules", "--no-quiet");
  expect((await evolve("rules")).stdout).toContain("Quiet hours: none\n");
  expect((await evolve("rules", "--quiet", "8")).stderr).toContain('--quiet cannot be "8"');
  expect((await evolve("begin")).stderr).toContain("use follow, status, stop, resume, accept, reject, rules.");
}, 240_000);
