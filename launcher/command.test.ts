/** The command line answers from a person's release: while one serves, and whatever became of the checkout. */
import { execFile } from "node:child_process";
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { commandIn } from "./command.mjs";
import { withoutOld } from "./releases.mjs";
import { newRelease, ownOf, type Release, readState, writeState } from "./state.mjs";
import { ACCOUNT, give, makeCheckout } from "./testing/checkout";

/** Like the real one, which loads the built program; it prints its arguments and its folder. */
const COMMAND = `
const { BANYAN_CHECKOUT: checkout, BANYAN_DATA_DIR: data } = process.env;
console.log(JSON.stringify({ asked: process.argv.slice(2), from: import.meta.dirname, checkout, data }));
`;

async function served() {
  const checkout = makeCheckout();
  writeFileSync(path.join(checkout.root, "scripts", "command.mjs"), COMMAND);
  for (const name of ["banyan", "check-node", "command-line", "dotenv", "places", "say", "settings", "setup"])
    cpSync(path.resolve("scripts", `${name}.mjs`), path.join(checkout.root, "scripts", `${name}.mjs`));
  const running = await checkout.start();
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return { checkout, running, folder: path.join(checkout.home, "releases", "1", "scripts") };
}

/** Resolves with a program's output. */
function ran(file: string, args: string[], env: Record<string, string> = {}) {
  return new Promise<{ stdout: string; stderr: string; status: unknown }>((resolve) => {
    const options = { ...ACCOUNT, env: { PATH: process.env.PATH, ...env } as unknown as NodeJS.ProcessEnv, cwd: "/" };
    execFile(file, args, options, (error, stdout, stderr) => resolve({ stdout, stderr, status: error?.code ?? 0 }));
  });
}

test("while a release serves, its command line answers, without a build; later only when the checkout is broken", async () => {
  const { checkout, running, folder } = await served();
  const { root, data, home } = checkout;
  const file = path.join(root, "scripts", "banyan.mjs");
  const ask = () => ran(process.execPath, [file, "self", "off"], { BANYAN_HOME: home });
  for (const broken of ["package.json", "scripts/setup.mjs"]) writeFileSync(path.join(root, broken), "<<<<<<< HEAD\n");
  const first = await ask();
  expect([first.stderr, first.status]).toEqual(["", 0]);
  expect(JSON.parse(first.stdout)).toEqual({ asked: ["self", "off"], from: folder, checkout: root });

  running.child.kill("SIGTERM");
  await running.ended;
  const second = await ask();
  expect(JSON.parse(second.stdout)).toMatchObject({ asked: ["self", "off"], from: folder });
  expect(second.stderr).toContain("So the command line of release 1 answers.");

  writeFileSync(path.join(root, "scripts", "dotenv.mjs"), "<<<<<<< HEAD\n");
  const third = await ask();
  expect(third).toMatchObject({ status: 2, stdout: "" });
  expect(third.stderr).toMatch(/^The scripts of this checkout do not run \(.*\): mend them, or use the program/);

  // Here the launcher runs from the checkout, not from its copy in home.
  const stays = ["data", "launcher"];
  for (const name of readdirSync(root)) if (!stays.includes(name)) rmSync(path.join(root, name), { recursive: true });
  const last = await ran(path.join(home, "banyan"), ["pause-everything"]);
  expect(last.stderr).toBe("");
  expect(JSON.parse(last.stdout)).toEqual({ asked: ["pause-everything"], from: folder, checkout: root, data });
});

test("a release with changes by agents never answers, because a command runs outside of its wall", async () => {
  const { checkout, running } = await served();
  running.child.kill("SIGKILL");
  await running.ended;
  const state = readState(checkout.home);
  const [own] = state.releases;
  const proposal = { item: "i", by: "ann", gates: "g", evidence: "e", base: "b", guardedFiles: [], confirmedBy: null };
  const byAgents = { ...own, n: 2, state: "permanent", proposal, tree: "theirs" } as Release;
  const merged = { ...own, n: 3, state: "permanent", tree: "both", persons: "mine" } as Release;
  for (const later of [byAgents, merged]) {
    writeState(checkout.home, { ...state, releases: [{ ...own, state: "retired" } as Release, later] });
    expect(commandIn(checkout.home)?.n).toBe(1);
  }
  writeState(checkout.home, { ...state, releases: [byAgents] });
  expect(commandIn(checkout.home)).toBeNull();
});

test("a release whose packages are for another Node does not answer, and the checkout does", async () => {
  const { checkout, running } = await served();
  const { root, home } = checkout;
  running.child.kill("SIGTERM");
  await running.ended;
  const state = readState(home);
  const releases = state.releases.map((own) => ({ ...own, deps: own.deps.replace(/\d+$/, "1") }));
  writeState(home, { ...state, releases });
  give(home);
  expect(commandIn(home)).toBeNull();
  // The checkout has no build here, so its command line says that first.
  const file = path.join(root, "scripts", "banyan.mjs");
  const asked = await ran(process.execPath, [file, "self", "off"], { BANYAN_HOME: home });
  expect([asked.stdout, asked.status === 0]).toEqual(["", false]);
  const last = await ran(path.join(home, "banyan"), ["self", "off"]);
  expect([last.stderr, last.status]).toEqual([expect.stringContaining("for this version of Node: use"), 2]);
});

test("the person's own release is kept, however many of agents follow", () => {
  const proposal = { item: "i", by: "ann", gates: "g", evidence: "e", base: "b", guardedFiles: [], confirmedBy: null };
  const own = { ...newRelease(1), state: "retired" as const };
  const theirs = Array.from({ length: 12 }, (_, at) => ({
    ...newRelease(at + 2),
    state: "retired" as const,
    proposal,
  }));
  const kept = withoutOld([own, ...theirs]);
  expect(kept.map(({ n }) => n)).toEqual([1, 7, 8, 9, 10, 11, 12, 13]);
  expect(ownOf(kept)).toBe(own);
});
