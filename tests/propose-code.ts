/**
 * Proposes a change of Banyan's own source for the newest task, as if its gates had run, after an earlier one that a
 * person approved: `run-ts.mjs tests/propose-code.ts DATA`. Prints the id of the open item.
 */
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { changeIn } from "@/agents/self/change";
import { createSelfChanges, type ProposedCode } from "@/agents/self/changes";
import { copyOfSelf } from "@/agents/self/copy";
import { openSelfRepository } from "@/agents/self/repository";
import { createSelfSwitch } from "@/agents/self/switch";
import {
  type Finding,
  GATE_NAMES,
  type GateName,
  type GateResult,
  type GatesReport,
} from "@/core/shapes/improving/gates";
import { createProposalWriter } from "@/db/configuration/proposals";
import { createSnapshotStore } from "@/lib/snapshots/store";

const ADDED: Record<string, string> = {
  "core/rules/roles.ts": "\n/** Roles that may decide. */\nexport const DECIDERS = ROLES.slice(2);\n",
  "core/words/figures.ts":
    '\n/** 1 of 3 */\nexport function partText(part: number, all: number): string {\n  return [part, all].join(" of ");\n}\n',
  "core/words/part.test.ts":
    'import { expect, test } from "vitest";\nimport { partText } from "./figures";\n\ntest("a part is named with its whole", () => {\n  expect(partText(1, 3)).toBe("1 of 3");\n});\n',
};

const OFF: GateName[] = ["documentation", "analysis", "black_box", "coverage", "gap_tests", "bench", "vulnerabilities"];
const SAID: Partial<Record<GateName, [string, number]>> = {
  scope: ["3 files changed, 1 of them guarded.", 0.1],
  build: ["node -e 'import(\"./scripts/build.mjs\")' exited with 0.", 41.2],
  old_tests: ["612 tests of the base pass on the change.", 96.4],
  new_tests: ["1 new test: it fails on the base and passes on the change.", 12.7],
  mutation: ["7 of 10 mutants could be made; too few to judge.", 310.5],
};
/** The gate's report on packages; the file itself stays as it is. */
const PACKAGES: Finding[] = (
  [
    ["lodahs", null, "1.0.0", "When it is installed, it runs postinstall: “node collect.js --all”.", "lodash"],
    ["better-sqlite3", "12.1.0", "12.2.0", "When it is installed, npm builds its native part (binding.gyp).", null],
    ["@floating-ui/react-dom-interactions-of-a-long-name", "2.1.1", "2.1.2", null, null],
    ["left-pad", "1.3.0", null, null, null],
  ] as const
).map(([name, before, after, installs, imitates]) => ({
  kind: after === null ? "note" : "flag",
  text: `${name} differs.`,
  path: "package-lock.json",
  line: null,
  test: null,
  package: { name, before, after, installs, imitates },
}));
const FLAG: Finding = {
  kind: "flag",
  text: "A guarded file is modified.",
  path: "core/rules/roles.ts",
  line: null,
  test: null,
};

const FINDINGS: Partial<Record<GateName, Finding[]>> = { scope: [FLAG], dependencies: PACKAGES };

export async function main([dataDir = ""]: string[]): Promise<void> {
  const body = await proposedIn(dataDir);
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.pragma("busy_timeout = 10000");
  const earlier = insert(sqlite, earlierThan(body));
  sqlite
    .prepare("UPDATE reviews SET status = 'approved', decided_by = 'Ann', decided_at_ms = ? WHERE uid = ?")
    .run(Date.now(), earlier);
  sqlite.prepare("UPDATE proposals SET status = 'approved' WHERE name = 'self/earlier/1'").run();
  const open = insert(sqlite, body);
  sqlite.close();
  process.stdout.write(`${open}\n`);
}

/** Makes the change in a copy of the source, and proposes it as an agent does whose check has passed. */
async function proposedIn(dataDir: string): Promise<ProposedCode> {
  const program = process.cwd();
  const repository = openSelfRepository({ dataDir, program, checkout: program, isWorker: true });
  const snapshots = createSnapshotStore({ dir: join(dataDir, "snapshots") });
  const from = await repository.permanent();
  const path = mkdtempSync(`${dataDir}-copy-`);
  try {
    execFileSync("git", ["clone", "-q", "--shared", "--branch", "permanent", repository.gitDir, path]);
    for (const [file, text] of Object.entries(ADDED)) appendFileSync(join(path, file), text);
    const label = "propose-code";
    const { commit: snapshot } = await snapshots.take({
      tree: label,
      folder: path,
      label,
      previous: null,
      hiddenPaths: [],
    });
    const dir = join(dataDir, "self");
    mkdirSync(join(dir, "checks"), { recursive: true });
    const { commit } = await changeIn(snapshots, { repository, from, snapshot, dir });
    writeFileSync(join(dir, "checks", `${commit}.json`), JSON.stringify(passedReport(join(dir, "evidence", "tested"))));
    const changes = createSelfChanges({
      dataDir,
      program,
      repository,
      snapshots,
      power: createSelfSwitch(dataDir, { off: () => null }),
      limit: { refuseWhenUsed: () => {}, begin: async () => {}, giveBack: async () => "" },
      isFirstEnough: () => false,
    });
    const folder = { tree: label, task: "tested", path, hiddenPaths: [], copiedFrom: copyOfSelf(from) };
    const words = {
      title: "Figures name their whole",
      why: "A part alone says nothing.",
      expects: {
        metric: "wrong figures in reports",
        direction: "down",
        amount: "half",
        measured: "count corrections in a week",
      } as const,
    };
    const change = await changes.propose(folder, words, new AbortController().signal);
    return { ...change, title: words.title, expects: words.expects };
  } finally {
    await snapshots.close();
    rmSync(path, { recursive: true, force: true });
  }
}

/** Writes evidence as the gates do, so that an approval finds the judged change. */
function passedReport(evidence: string): GatesReport {
  mkdirSync(evidence, { recursive: true });
  const side = { name: "permanent", commit: null, digest: "" };
  const gates = GATE_NAMES.map((gate) => resultOf(gate, evidence));
  const report: GatesReport = {
    version: 1,
    outcome: "passed",
    folder: "",
    base: side,
    head: side,
    seconds: 470,
    seed: "s",
    gates,
    evidence,
    started_at: new Date().toISOString(),
    test_side: ["core/words/part.test.ts"],
    digest: sha256(gates.map(({ gate, digest }) => `${gate} ${digest}\n`).join("")),
  };
  writeFileSync(join(evidence, "report.json"), JSON.stringify(report));
  return report;
}

function resultOf(gate: GateName, evidence: string): GateResult {
  const [summary, seconds] = SAID[gate] ?? ["Nothing found.", 1.4];
  const base = { gate, findings: FINDINGS[gate] ?? [], counts: {}, required: gate !== "mutation" };
  if (OFF.includes(gate))
    return { ...base, outcome: "off", summary: "The settings do not ask for it.", seconds: 0, digest: null };
  const text = JSON.stringify({ gate, summary });
  writeFileSync(join(evidence, `${gate}.json`), text);
  return { ...base, outcome: gate === "mutation" ? "not_measured" : "passed", summary, seconds, digest: sha256(text) };
}

function earlierThan(body: ProposedCode): ProposedCode {
  const file = { path: "core/rules/roles.ts", change: "modified", additions: 1_200, deletions: 34 } as const;
  return {
    ...body,
    title: "An earlier change",
    base: "0".repeat(40),
    branch: "self/earlier/1",
    files: [{ ...file, side: "source" }],
  };
}

/** Inserts the item and its proposal for the newest task. Returns the item's id. */
function insert(sqlite: Database.Database, body: ProposedCode): string {
  const review = randomUUID();
  const title = `Change Banyan’s own code: ${body.title}`;
  const why = "Reports say “1” where they mean “1 of 3”, so people count again.\n\n`partText` names the whole.";
  sqlite
    .prepare(`
      INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, blast_radius, uncertainty, facts, status,
        created_at_ms)
      SELECT @review, tree_id, id, 'proposal', @title, @why, 5, 4, '{}', 'open', @now
      FROM tasks WHERE role = 'work' ORDER BY id DESC LIMIT 1`)
    .run({ review, title, why, now: Date.now() });
  const proposal = { review, kind: "code" as const, name: body.branch, body, why };
  createProposalWriter(sqlite).insert(proposal, "banyan_developer", Date.now());
  return review;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
