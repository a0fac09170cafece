/** Finds how a repository runs its tests, for a repository that has no settings of gates. */
import type { REPORT_FORMATS } from "@/lib/test-reports/report";

export interface Report {
  format: (typeof REPORT_FORMATS)[number];
  /** Relative to the repository. Absent: standard output. */
  file?: string;
}

export interface FoundTests {
  /** The file that says so. */
  from: string;
  run: string;
  /** null: the runner writes no report that the gates read, so only its exit status counts. */
  report: Report | null;
}

/** The gate that runs tests without a report. */
export const TEST_COMMAND = "test_command";

export interface Files {
  paths: Iterable<string>;
  /** Returns the text of a file, or null. */
  read(path: string): string | null;
}

/** How files begin that found commands write. */
export const REPORT = ".banyan-tests";

/** Returns the first way that the files show, or null. */
export function findTests(files: Files): FoundTests | null {
  return ofPackage(files) ?? ofCargo(files) ?? ofGo(files) ?? ofPython(files) ?? ofMaven(files) ?? ofMake(files);
}

/** What `npm init` writes into a package without tests. */
const PLACEHOLDER = /no test specified/i;
/** A single command, so that arguments after it go to the runner. */
const ONE_COMMAND = /^[^&|;<>$`\n]+$/;

/** Whether arguments after a script go to the runner. */
export function isOneCommand(script: string): boolean {
  return ONE_COMMAND.test(script) && !/--(test-)?reporter|--json|--outputFile/.test(script);
}

/** Returns the runner that a script starts, if the gates know it. */
export function runnerOf(script: string): "vitest" | "jest" | "node" | null {
  if (/^(npx )?vitest( |$)/.test(script)) return "vitest";
  if (/^(npx )?jest( |$)/.test(script)) return "jest";
  return /^node --test( |$)/.test(script) ? "node" : null;
}

/** Returns the options that a script lacks. Runners refuse some that are there twice. */
export function lackingIn(script: string, options: readonly string[]): string[] {
  const words = script.split(/\s+/).map((word) => word.replace(/=.*/, ""));
  return options.filter((option) => !words.includes(option));
}

function ofPackage({ read }: Files): FoundTests | null {
  const script = scriptIn(read("package.json"), "test") ?? "";
  if (script === "" || PLACEHOLDER.test(script)) return null;
  const found = { from: "package.json", run: "npm test", report: null };
  if (!isOneCommand(script)) return found;
  const file = `${REPORT}.json`;
  const runner = runnerOf(script);
  if (runner === "vitest")
    return {
      ...found,
      run: ["npm test --", ...lackingIn(script, ["--run"]), `--reporter=json --outputFile=${file}`].join(" "),
      report: { format: "vitest", file },
    };
  if (runner === "jest")
    return { ...found, run: `npm test -- --json --outputFile=${file}`, report: { format: "jest", file } };
  if (runner === "node")
    return {
      ...found,
      run: script.replace(/^node --test/, "node --test --test-reporter=tap"),
      report: { format: "tap" },
    };
  return found;
}

/** Returns null also for a file that is no package's description. */
export function scriptIn(manifest: string | null, name: string): string | null {
  const { scripts } = jsonIn(manifest);
  const script: unknown =
    typeof scripts === "object" && scripts !== null && Object.hasOwn(scripts, name) ? Reflect.get(scripts, name) : null;
  return typeof script === "string" && script.trim() !== "" ? script.trim() : null;
}

/** Returns an empty object for what is no object of JSON. */
export function jsonIn(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function ofCargo({ read }: Files): FoundTests | null {
  if (read("Cargo.toml") === null) return null;
  return { from: "Cargo.toml", run: "cargo test --offline", report: null };
}

function ofGo({ read }: Files): FoundTests | null {
  return read("go.mod") === null ? null : { from: "go.mod", run: "go test ./...", report: null };
}

function ofPython({ paths, read }: Files): FoundTests | null {
  const from =
    (read("pytest.ini") !== null && "pytest.ini") ||
    (/^\[tool\.pytest/m.test(read("pyproject.toml") ?? "") && "pyproject.toml") ||
    (/^\[tool:pytest\]/m.test(read("setup.cfg") ?? "") && "setup.cfg") ||
    (/^\[pytest\]/m.test(read("tox.ini") ?? "") && "tox.ini") ||
    [...paths].find((path) => /(^|\/)(test_[^/]*|[^/]*_test)\.py$/.test(path));
  if (!from) return null;
  const file = `${REPORT}.xml`;
  return { from, run: `python3 -m pytest -q --junitxml=${file}`, report: { format: "junit", file } };
}

function ofMaven({ read }: Files): FoundTests | null {
  return read("pom.xml") === null ? null : { from: "pom.xml", run: "mvn --offline --quiet test", report: null };
}

function ofMake({ read }: Files): FoundTests | null {
  const from = ["Makefile", "makefile", "GNUmakefile"].find((name) => /^test\s*:(?!=)/m.test(read(name) ?? ""));
  // A folder named test must not make the target look done.
  return from === undefined ? null : { from, run: "make --always-make test", report: null };
}
