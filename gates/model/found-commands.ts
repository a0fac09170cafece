/** Finds how a repository without settings of gates builds, checks and measures itself, beside its tests. */
import type { CoverageFormat } from "@/lib/test-reports/coverage/read";
import { type Files, isOneCommand, jsonIn, lackingIn, REPORT, runnerOf, scriptIn } from "./found-tests";

export interface FoundCommand {
  gate: "build" | "types" | "lint" | "coverage";
  /** The file that says so. */
  from: string;
  run: string;
  /** For coverage. */
  report?: { format: CoverageFormat; file: string };
}

type Find = (files: Files) => FoundCommand[];

/** Returns the first command for each gate. Nothing is guessed: a script, a target or a tool's own settings show it. */
export function findCommands(files: Files): FoundCommand[] {
  const found = [ofScripts, ofTypeScript, ofPython, ofGo, ofCargo, ofMaven, ofMake, coverageIn].flatMap((find: Find) =>
    find(files),
  );
  return found.filter(({ gate }, at) => found.findIndex((other) => other.gate === gate) === at);
}

const SCRIPTS = {
  build: ["build"],
  types: ["typecheck", "type-check", "check-types", "types", "tsc"],
  lint: ["lint"],
} as const;

function ofScripts({ read }: Files): FoundCommand[] {
  const manifest = read("package.json");
  return (["build", "types", "lint"] as const).flatMap((gate) => {
    const name = SCRIPTS[gate].find((script) => scriptIn(manifest, script) !== null);
    return name === undefined ? [] : [{ gate, from: "package.json", run: `npm run ${name}` }];
  });
}

function ofTypeScript({ read }: Files): FoundCommand[] {
  if (read("tsconfig.json") === null || !hasPackage(read("package.json"), (name) => name === "typescript")) return [];
  // Where it is not installed, npx would look for it on the network for minutes.
  return [{ gate: "types", from: "tsconfig.json", run: "node_modules/.bin/tsc --noEmit" }];
}

function ofPython({ read }: Files): FoundCommand[] {
  const project = read("pyproject.toml") ?? "";
  const shown = (file: string, section: RegExp) => (section.test(read(file) ?? "") ? file : undefined);
  const types =
    shown("mypy.ini", /^\[mypy\]/m) ??
    (/^\[tool\.mypy\]/m.test(project) ? "pyproject.toml" : undefined) ??
    shown("setup.cfg", /^\[mypy\]/m);
  const ruff =
    ["ruff.toml", ".ruff.toml"].find((file) => read(file) !== null) ??
    (/^\[tool\.ruff[\].]/m.test(project) ? "pyproject.toml" : undefined);
  const flake =
    shown(".flake8", /^\[flake8\]/m) ?? shown("setup.cfg", /^\[flake8\]/m) ?? shown("tox.ini", /^\[flake8\]/m);
  return [
    ...(types ? [{ gate: "types", from: types, run: "python3 -m mypy ." } as const] : []),
    ...(ruff ? [{ gate: "lint", from: ruff, run: "ruff check ." } as const] : []),
    ...(flake ? [{ gate: "lint", from: flake, run: "python3 -m flake8" } as const] : []),
  ];
}

function ofGo({ read }: Files): FoundCommand[] {
  if (read("go.mod") === null) return [];
  const linter = [".golangci.yml", ".golangci.yaml", ".golangci.toml"].find((file) => read(file) !== null);
  return [
    { gate: "build", from: "go.mod", run: "go build ./..." },
    linter === undefined
      ? { gate: "lint", from: "go.mod", run: "go vet ./..." }
      : { gate: "lint", from: linter, run: "golangci-lint run" },
  ];
}

/** `cargo test` builds all by itself. */
function ofCargo({ read }: Files): FoundCommand[] {
  const manifest = read("Cargo.toml");
  if (manifest === null) return [];
  const from =
    ["clippy.toml", ".clippy.toml"].find((file) => read(file) !== null) ??
    (/^\[(workspace\.)?lints\.clippy\]/m.test(manifest) ? "Cargo.toml" : undefined);
  return from === undefined ? [] : [{ gate: "lint", from, run: "cargo clippy --offline -- -D warnings" }];
}

function ofMaven({ read }: Files): FoundCommand[] {
  if (read("pom.xml") === null) return [];
  return [{ gate: "build", from: "pom.xml", run: "mvn --offline --quiet -DskipTests package" }];
}

function ofMake({ read }: Files): FoundCommand[] {
  const from = ["Makefile", "makefile", "GNUmakefile"].find((name) => read(name) !== null);
  if (from === undefined) return [];
  const text = read(from) ?? "";
  const hasTarget = (name: string) => new RegExp(`^${name}\\s*:(?!=)`, "m").test(text);
  return (["build", "lint"] as const)
    .filter(hasTarget)
    .map((gate) => ({ gate, from, run: `make --always-make ${gate}` }));
}

function coverageIn(files: Files): FoundCommand[] {
  const { read } = files;
  const manifest = read("package.json");
  const script = scriptIn(manifest, "test") ?? "";
  const runner = isOneCommand(script) ? runnerOf(script) : null;
  const json = { format: "istanbul", file: `${REPORT}-coverage/coverage-final.json` } as const;
  const node = (run: string): FoundCommand[] => [{ gate: "coverage", from: "package.json", run, report: json }];
  if (runner === "vitest" && hasPackage(manifest, (name) => name.startsWith("@vitest/coverage-")))
    return node(
      [
        "npm test --",
        ...lackingIn(script, ["--run"]),
        // The short form of the same.
        ...(lackingIn(script, ["--coverage"]).length > 0 ? lackingIn(script, ["--coverage.enabled"]) : []),
        `--coverage.reporter=json --coverage.reportsDirectory=${REPORT}-coverage`,
      ].join(" "),
    );
  if (runner === "jest" && /"(coverageThreshold|collectCoverage)"/.test(manifest ?? ""))
    return node(
      [
        "npm test --",
        ...lackingIn(script, ["--coverage"]),
        `--coverageReporters=json --coverageDirectory=${REPORT}-coverage`,
      ].join(" "),
    );
  const python =
    (read(".coveragerc") !== null && ".coveragerc") ||
    (/^\[tool\.coverage\./m.test(read("pyproject.toml") ?? "") && "pyproject.toml");
  if (python) {
    const file = `${REPORT}-coverage.xml`;
    const run = `python3 -m coverage run -m pytest -q && python3 -m coverage xml -o ${file}`;
    return [{ gate: "coverage", from: python, run, report: { format: "cobertura", file } }];
  }
  if (read("go.mod") === null) return [];
  const file = `${REPORT}-coverage.out`;
  const run = `go test -coverprofile=${file} ./...`;
  return [{ gate: "coverage", from: "go.mod", run, report: { format: "go", file } }];
}

function hasPackage(manifest: string | null, isOne: (name: string) => boolean): boolean {
  const { dependencies, devDependencies } = jsonIn(manifest);
  return [dependencies, devDependencies].some(
    (group) => typeof group === "object" && group !== null && Object.keys(group).some(isOne),
  );
}
