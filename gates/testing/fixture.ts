/** A small git repository with a module, tests for `node --test` and settings of gates. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Finding, GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { testedSandbox } from "@/lib/sandbox/testing/tested";
import { type JudgeOptions, judge } from "../judge";

export const MODULE = `export function sum(a, b) {
  return a + b;
}

export function clamp(value, least, most) {
  if (value < least) return least;
  if (value > most) return most;
  return value;
}

export function isEven(value) {
  return value % 2 === 0;
}
`;

export const TESTS = `import assert from "node:assert/strict";
import { test } from "node:test";
import { clamp, isEven, sum } from "../src/numbers.mjs";

test("adds", () => assert.equal(sum(2, 3), 5));
test("clamps", () => {
  assert.equal(clamp(5, 1, 3), 3);
  assert.equal(clamp(0, 1, 3), 1);
  assert.equal(clamp(2, 1, 3), 2);
});
test("knows even numbers", () => {
  assert.equal(isEven(4), true);
  assert.equal(isEven(3), false);
});
`;

export const SETTINGS = `tests:
  run: node --test --test-reporter=tap test/
  report: { format: tap }
  timeout_minutes: 1
sentinels: false
mutation: false
`;

export interface Fixture {
  base: string;
  folder: string;
  git(...args: string[]): string;
  put(file: string, text: string): void;
  /** Replaces a part of a file; fails when the file does not contain it. */
  edit(file: string, from: string, to: string): void;
  remove(file: string): void;
  commit(): void;
  judge(options?: Partial<JudgeOptions>): Promise<GatesReport>;
  end(): void;
}

const STANDARD: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "numbers", "version": "1.0.0", "type": "module" }\n',
  "src/numbers.mjs": MODULE,
  "test/numbers.test.mjs": TESTS,
  ".banyan/gates.yaml": SETTINGS,
};

/** Makes the repository with one commit: the module with its tests and settings, and these files. */
export function createFixture(files: Record<string, string> = {}, standard = STANDARD): Fixture {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "banyan-gates-test-")));
  const folder = path.join(base, "repository");
  fs.mkdirSync(folder);
  let runs = 0;
  const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
  const put = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), text);
  };
  const fixture: Fixture = {
    base,
    folder,
    put,
    git: (...args) =>
      execFileSync("git", ["-C", folder, ...identity, ...args], { encoding: "utf8", stdio: "pipe" }).trim(),
    edit(file, from, to) {
      const text = fs.readFileSync(path.join(folder, file), "utf8");
      if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}.`);
      put(
        file,
        text.replace(from, () => to),
      );
    },
    remove: (file) => fs.rmSync(path.join(folder, file)),
    commit() {
      fixture.git("add", "-A");
      fixture.git("commit", "-q", "-m", "Change");
    },
    judge(options = {}) {
      runs += 1;
      const evidence = path.join(base, `evidence-${runs}`);
      // The same faults are drawn in each run, so that a test does not depend on chance.
      const usual = { folder, evidence, seed: "drawn once", sandboxTested: testedSandbox, say: () => undefined };
      return judge({ ...usual, ...options });
    },
    end: () => fs.rmSync(base, { recursive: true, force: true }),
  };
  for (const [file, text] of Object.entries({ ...standard, ...files })) put(file, text);
  fixture.git("init", "-q", "-b", "main");
  fixture.commit();
  return fixture;
}

export function gateIn(report: GatesReport, name: string): GateResult {
  const gate = report.gates.find((result) => result.gate === name);
  if (!gate) throw new Error(`The report lacks ${name}.`);
  return gate;
}

/** Returns the texts of one kind of findings, with the test or the place. */
export function found(report: GatesReport, name: string, kind: Finding["kind"]): string[] {
  return gateIn(report, name)
    .findings.filter((finding) => finding.kind === kind)
    .map(({ text, test, path: file, line }) => `${test ?? (line === null ? file : `${file}:${line}`)}: ${text}`);
}

/** Returns the findings of the gates that failed, which say more than the outcome when a test fails. */
export function faultsIn(report: GatesReport): string[] {
  return failedIn(report).flatMap((gate) => [gate, ...found(report, gate, "fault")]);
}

/** Returns the names of the gates that failed. */
export function failedIn(report: GatesReport): string[] {
  return report.gates.filter(({ outcome }) => outcome === "failed").map(({ gate }) => gate);
}
