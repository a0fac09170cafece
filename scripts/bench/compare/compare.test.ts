/** Real comparisons of two small versions, whose workloads count instead of taking time. */
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { bundle } from "../../build.mjs";
import { fixture } from "../../testing/fixture";
import { type CompareOptions, compare } from "./compare";

const BENCH = `import { WORKLOADS } from "./workloads";
export async function main([, name]: string[]) {
  console.log("working");
  console.log(JSON.stringify(await WORKLOADS[name ?? ""]?.()));
}
`;
const ROWS = "type Rows = { workload: string; figure: string; value: number; unit: string }[];\n";

/** The source of workloads that each count their steps. */
function workloads(steps: Record<string, number>, more = ""): string {
  const lines = Object.entries(steps).map(
    ([name, value]) => `  ${name}: () => [{ workload: "${name}", figure: "steps", value: ${value}, unit: "commits" }],`,
  );
  return `${ROWS}export const WORKLOADS: Record<string, () => Rows | Promise<Rows>> = {\n${lines.join("\n")}\n${more}};\n`;
}

interface Checkout {
  root: string;
  git(...args: string[]): string;
  put(file: string, text: string): void;
  commit(tag: string): void;
}

/** A checkout with this project's build and packages, and small workloads. */
function checkoutWith(source: string): Checkout {
  const root = realpathSync(
    fixture({ ".gitignore": "node_modules\ndist\n", "package.json": '{ "type": "module" }\n' }),
  );
  const put = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, ...identity, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  for (const folder of ["scripts", "launcher"])
    for (const name of readdirSync(folder).filter((entry) => entry.endsWith(".mjs")))
      cpSync(path.join(folder, name), path.join(root, folder, name));
  symlinkSync(path.resolve("node_modules"), path.join(root, "node_modules"));
  put("package-lock.json", "{}\n");
  put("tsconfig.json", "{}\n");
  put("scripts/bench/bench.ts", BENCH);
  put("scripts/bench/workloads.ts", source);
  git("init", "-q", "-b", "main");
  const commit = (tag: string) => {
    git("add", "-A");
    git("commit", "-q", "-m", tag);
    git("tag", tag);
  };
  commit("first");
  return { root, git, put, commit };
}

async function compared({ root }: Checkout, options: Partial<CompareOptions>) {
  const said: string[] = [];
  let printed = "";
  const status = await compare({
    root,
    ref: "first",
    times: "6",
    json: true,
    only: ["count"],
    say: (line) => {
      said.push(line);
    },
    print: (text) => {
      printed = text;
    },
    ...options,
  });
  return { status, said, printed, report: options.json === false ? null : printed && JSON.parse(printed) };
}

/** Returns what a comparison has left in the checkout. */
function leftIn({ root, git }: Checkout): unknown {
  return [
    readdirSync(path.join(root, "dist/bench")),
    git("status", "--porcelain"),
    git("worktree", "list").split("\n").length,
  ];
}

test("a commit is compared with the files here, and nothing is left behind", async () => {
  const checkout = checkoutWith(workloads({ count: 100, same: 7, before: 1 }));
  checkout.put("scripts/bench/workloads.ts", workloads({ count: 150, same: 7, after: 1 }));
  checkout.commit("second");
  const { status, report } = await compared(checkout, { only: ["count", "same", "before", "after"] });
  expect(status).toBe(0);
  const pairs = Array.from({ length: 6 }, () => ({ base: 100, head: 150 }));
  expect(report).toMatchObject({
    times: 6,
    base: { name: "first", commit: checkout.git("rev-parse", "first"), changed: 0 },
    head: { name: "here", commit: null, changed: 0 },
    rows: [
      { workload: "count", figure: "steps", base: 100, head: 150, ratio: 1.5, low: 1.5, verdict: "worse", pairs },
      { workload: "same", ratio: 1, verdict: "none" },
    ],
    only_base: { workloads: ["before"] },
    only_head: { workloads: ["after"] },
    failed: [],
  });
  expect(leftIn(checkout)).toEqual([[], "", 1]);
});

test("changed files are compared as they are, and the table says so", async () => {
  const checkout = checkoutWith(workloads({ count: 100 }));
  // A rule for folders does not ignore the link to the packages.
  checkout.put(".gitignore", "node_modules/\ndist\n");
  checkout.git("commit", "-qam", "Ignores folders");
  checkout.put("scripts/bench/workloads.ts", workloads({ count: 50 }));
  checkout.put("scripts/bench/new.ts", "export const added = 1;\n");
  const { status, said, printed } = await compared(checkout, { json: false });
  expect(status).toBe(0);
  expect(printed).toContain(
    "| count    | steps  | 100 commits | 50 commits | 0.500        | 0.500 to 0.500 | better |",
  );
  expect(printed).toContain("here: the files as they are now, of which 2 differ from the last commit.");
  expect(printed).toContain("The workloads differ (scripts/bench/new.ts)");
  expect(said.slice(0, 2)).toEqual(["Building first …", "Building here …"]);
  expect(said.slice(2)).toEqual([
    "count: 6 rounds of both versions in turn. The first round shows how long they take.",
    ...[1, 2, 3, 4, 5].flatMap((round) => [
      `Round ${round} of 6: count …`,
      expect.stringMatching(`^Round ${round} of 6 is done; about .+ left.$`),
    ]),
    "Round 6 of 6: count …",
    expect.stringMatching(/^Round 6 of 6 is done, after /),
  ]);
});

test("a folder with another clone is compared as it is", async () => {
  const checkout = checkoutWith(workloads({ count: 100 }));
  const other = checkoutWith(workloads({ count: 200 }));
  const { report } = await compared(checkout, { ref: other.root });
  expect(report.rows).toMatchObject([{ base: 200, head: 100, verdict: "better" }]);
  expect(report.base).toEqual({ name: other.root, commit: null, changed: 0 });
});

test("a workload that fails is named, and the others are compared", async () => {
  const checkout = checkoutWith(workloads({ count: 1 }, "  broken: () => [],\n"));
  const broken = '  broken: () => {\n    throw new Error("out of order");\n  },\n';
  checkout.put("scripts/bench/workloads.ts", workloads({ count: 1 }, broken));
  const { status, said, report } = await compared(checkout, { only: ["count", "broken"] });
  expect(status).toBe(1);
  expect(said.join("\n")).toContain("out of order");
  expect(report.rows).toHaveLength(1);
  expect(report.failed).toMatchObject([{ workload: "broken", side: "head", round: 1, reason: "It ended with 1." }]);
});

test("versions that cannot be compared are refused with one sentence, and nothing is left behind", async () => {
  const checkout = checkoutWith(workloads({ count: 1 }));
  const refused = async (options: Partial<CompareOptions>) => {
    const { status, said, printed } = await compared(checkout, options);
    expect({ status, printed }).toEqual({ status: 2, printed: "" });
    expect(existsSync(path.join(checkout.root, "dist/bench")) ? leftIn(checkout) : [[], "", 1]).toEqual([[], "", 1]);
    return said.at(-1);
  };
  expect(await refused({ ref: "nowhere" })).toMatch(/^There is no commit and no folder "nowhere": name a branch/);
  expect(await refused({ ref: "" })).toMatch(/^There is no commit and no folder ""/);
  expect(await refused({ ref: "--upload-pack=x" })).toMatch(/^There is no commit and no folder/);
  expect(await refused({ ref: "scripts" })).toMatch(/scripts is not a git repository that git can read/);
  expect(await refused({ only: ["cuont"] })).toBe('There is no workload "cuont": name some of count.');
  expect(await refused({ only: ["web"] })).toMatch(/^web needs the built pages/);
  expect(await refused({ times: "5" })).toMatch(/^--times is a whole number from 6 to 1000/);
  expect(await refused({ times: "ten" })).toMatch(/^--times is a whole number/);
  checkout.put("scripts/bench/workloads.ts", "export const WORKLOADS = {;\n");
  checkout.commit("broken");
  checkout.git("checkout", "-q", "first");
  expect(await refused({ ref: "broken" })).toBe("broken does not build (see above), so it cannot be compared.");
  checkout.git("rm", "-q", "scripts/bench/workloads.ts");
  checkout.commit("older");
  checkout.git("checkout", "-q", "first");
  expect(await refused({ ref: "older" })).toMatch(
    /^older cannot be compared: it has no scripts\/bench\/workloads\.ts\./,
  );
});

test("without a repository, and without git, there is nothing to compare", async () => {
  const checkout = checkoutWith(workloads({ count: 1 }));
  const { PATH } = process.env;
  try {
    process.env.PATH = checkout.root;
    expect((await compared(checkout, {})).said).toEqual([expect.stringMatching(/^Git is not on the PATH/)]);
  } finally {
    process.env.PATH = PATH;
  }
  rmSync(path.join(checkout.root, ".git"), { recursive: true });
  const { status, said } = await compared(checkout, {});
  expect(status).toBe(2);
  expect(said).toEqual([expect.stringMatching(/is not a git repository that git can read/)]);
});

test("packages of another lock are installed for that version alone", async () => {
  const checkout = checkoutWith(workloads({ count: 1 }));
  // Replaces npm: what matters is that this version's own setup is called, in its own folder.
  checkout.put("package-lock.json", '{ "other": true }\n');
  checkout.put(
    "scripts/setup.mjs",
    `${readFileSync("scripts/setup.mjs", "utf8").replace("export async function ensureInstalled", "export async function oldInstalled")}
export async function ensureInstalled(/** @type {string} */ root) {
  symlinkSync(${JSON.stringify(path.resolve("node_modules"))}, path.join(root, "node_modules"));
}
`,
  );
  checkout.commit("other");
  checkout.git("checkout", "-q", "first");
  const { status, said } = await compared(checkout, { ref: "other" });
  expect(status).toBe(0);
  expect(said[0]).toBe("Installing the packages of other, which are others, and building it …");
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends the workload that runs, removes both versions, and ends with %i", async (signal, expected) => {
  const endless = `  endless: async () => {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(process.env.STARTED ?? "", String(process.pid));
    await new Promise(() => setInterval(() => {}, 60_000));
    return [];
  },
`;
  const checkout = checkoutWith(workloads({}, endless));
  const driverFile = { driver: path.resolve("scripts/bench/bench.ts") };
  await bundle(path.resolve("."), driverFile, path.join(checkout.root, "dist/driver"));
  const file = path.join(checkout.root, "dist/driver/driver.mjs");
  const source = `process.exitCode = await (await import(${JSON.stringify(file)})).main(["--compare", "first", "--only", "endless"]);`;
  const started = path.join(checkout.root, "dist/started");
  const driver = spawn(process.execPath, ["--input-type=module", "-e", source], {
    cwd: checkout.root,
    stdio: "ignore",
    env: { ...process.env, STARTED: started },
  });
  const ended = new Promise((resolve) => driver.once("close", resolve));
  await expect.poll(() => existsSync(started) && readFileSync(started, "utf8")).toMatch(/^\d+$/);
  driver.kill(signal);
  expect(await ended).toBe(expected);
  expect(() => process.kill(Number(readFileSync(started, "utf8")), 0)).toThrow(/ESRCH/);
  expect(leftIn(checkout)).toEqual([[], "", 1]);
});

test("the next comparison removes the folder that a killed comparison has left", async () => {
  const checkout = checkoutWith(workloads({ count: 1 }));
  const dead = execFileSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).trim();
  mkdirSync(path.join(checkout.root, `dist/bench/compare-${dead}-x/base`), { recursive: true });
  await compared(checkout, {});
  expect(leftIn(checkout)).toEqual([[], "", 1]);
});
