/** Twelve small repositories of different kinds, each with a change that is fine and one that has a single fault. */
import type { GateName } from "@/core/shapes/improving/gates";
import { MODULE, TESTS } from "./fixture";

export interface Repository {
  files: Record<string, string>;
  /** The files of a change without a fault. */
  fine: Record<string, string>;
  faulty: Record<string, string>;
  /** The gate that names the fault, and what it says. */
  gate: GateName | "test_command";
  fault: RegExp;
  /** Gates that fail for the same reason. */
  also?: GateName[];
  /** Gates of tools that many machines lack, with the program. */
  tools?: Record<string, string>;
  /** Gates that cannot be measured on any machine, with what the summary says. */
  unmeasured?: Record<string, RegExp>;
}

const NUMBERS = {
  "package.json": JSON.stringify({ name: "numbers", type: "module", scripts: { test: "node --test test/" } }),
  "src/numbers.mjs": MODULE,
  "test/numbers.test.mjs": TESTS,
};
/** In two parts, so that this file has none. */
const TOKEN = `${"ghp_"}${"a1B2c3D4e5".repeat(4)}`;
const WEB = { name: "web", devDependencies: { typescript: "5.9.0" } };
const TYPESCRIPT = {
  version: "5.9.0",
  resolved: "https://registry.npmjs.org/typescript/-/typescript-5.9.0.tgz",
  integrity: `sha512-${"a".repeat(86)}==`,
};
const webLock = JSON.stringify({
  name: "web",
  lockfileVersion: 3,
  packages: { "": WEB, "node_modules/typescript": TYPESCRIPT },
});
/** Looks for eval as a tool of static analysis does. */
const ANALYSER = `import fs from "node:fs";
const results = fs.readFileSync("packages/app/app.mjs", "utf8").split("\\n").flatMap((text, at) => text.includes("eval(")
  ? [{ ruleId: "no-eval", level: "error", message: { text: "eval runs any text." }, locations: [{ physicalLocation:
      { artifactLocation: { uri: "packages/app/app.mjs" }, region: { startLine: at + 1 } } }] }] : []);
fs.writeFileSync("out.sarif", JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "scan" } }, results }] }));
`;
const python = (name: string) => `def ${name}():\n    """Returns something."""\n    return "${name}"\n\n\n`;
const crate = (version: string) =>
  `version = 4\n\n[[package]]\nname = "smallvec"\nversion = "${version}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`;

export const REPOSITORIES: Record<string, Repository> = {
  "JavaScript with its own test runner": {
    files: NUMBERS,
    fine: { "src/numbers.mjs": MODULE.replace("a + b", "b + a") },
    faulty: { "src/numbers.mjs": MODULE.replace("a + b", "a - b") },
    gate: "old_tests",
    fault: /^adds: This test of the base fails on the change\.$/,
    also: ["new_tests"],
  },
  "TypeScript whose packages are not installed": {
    files: {
      "package.json": JSON.stringify(WEB),
      "package-lock.json": webLock,
      "tsconfig.json": "{}",
      "src/a.ts": "export const a: number = 1;\n",
    },
    fine: { "src/a.ts": "export const a: number = 2;\n" },
    faulty: {
      "package.json": JSON.stringify({ ...WEB, dependencies: { left: "^1.0.0" } }),
      "package-lock.json": webLock,
    },
    gate: "dependencies",
    fault: /^package-lock\.json: dependencies of left: \^1\.0\.0 in package\.json, none here\.$/,
    unmeasured: { types: /./, old_tests: /./ },
  },
  "a library in Python": {
    files: {
      ".banyan/gates.yaml":
        "documentation: { least_percent: 80 }\ntests: { run: python3 -m pytest --junitxml=out.xml, report: { format: junit, file: out.xml } }\nsentinels: false\n",
      "lib/a.py": `${python("one")}${python("two")}${python("three")}${python("four")}`,
      "lib/bare.py": "def five():\n    return 5\n",
      "tests/test_a.py": "from lib.a import one\n\n\ndef test_one():\n    assert one() == 1\n",
    },
    fine: { "lib/b.py": python("six") },
    faulty: { "lib/a.py": `${python("one")}${python("two")}` },
    gate: "documentation",
    fault: /^null: 66\.6 % of the exported functions are documented, and the settings ask for 80 %\.$/,
    tools: { old_tests: "python3 -m pytest --version" },
  },
  "a service in Go": {
    files: {
      ".banyan/gates.yaml": "complexity: { most: 4 }\ncommands: { build: go build ./... }\n",
      "go.mod": "module example.org/service\n\ngo 1.22\n",
      "main.go": "package main\n\nfunc main() {}\n",
    },
    fine: { "main.go": "package main\n\nfunc main() {\n\tif true {\n\t}\n}\n" },
    faulty: { "main.go": "package main\n\nfunc main() {\n\tif true && true && true && true {\n\t}\n}\n" },
    gate: "complexity",
    fault: /^main\.go:3: main has a complexity of 5, and the limit is 4\.$/,
    tools: { build: "go version" },
  },
  "a crate in Rust": {
    files: {
      ".banyan/gates.yaml": "vulnerabilities: { osv: ../osv }\ncommands: { build: cargo build --offline }\n",
      "Cargo.toml": '[package]\nname = "own"\nversion = "0.1.0"\nedition = "2021"\n',
      "Cargo.lock": crate("1.13.2"),
      "src/lib.rs": "pub fn one() -> i32 {\n    1\n}\n",
    },
    fine: { "Cargo.lock": crate("1.13.3") },
    faulty: { "Cargo.lock": crate("1.6.0") },
    gate: "vulnerabilities",
    fault: /^Cargo\.lock: smallvec 1\.6\.0 has a known vulnerability, CVE-2021-25900, RUSTSEC-2021-0003 \(not rated\)/,
    tools: { build: "cargo --version" },
  },
  "Java with Maven": {
    files: {
      ".banyan/gates.yaml": "documentation: {}\ncommands: { build: mvn --offline --quiet compile }\n",
      "pom.xml":
        "<project><modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>a</artifactId><version>1</version></project>\n",
      "src/main/java/A.java": "public class A {\n  /** Returns 1. */\n  public int one() { return 1; }\n}\n",
    },
    fine: { "src/main/java/A.java": "public class A {\n  /** Returns 2. */\n  public int one() { return 2; }\n}\n" },
    faulty: { "src/main/java/A.java": "public class A {\n  public int one() { return 1; }\n}\n" },
    gate: "documentation",
    fault: /^null: 1 more exported functions have no docstring than on the base\.$/,
    // Offline, Maven works only where somebody has filled its cache, which the sandbox does not show.
    unmeasured: { build: /./ },
  },
  "a program with a Makefile": {
    files: {
      Makefile: "test:\n\tsh run.sh\n",
      "run.sh": 'test "$(sh twice.sh 2)" = 4\n',
      "twice.sh": "echo $(($1 * 2))\n",
    },
    fine: { "twice.sh": "echo $(($1 + $1))\n" },
    faulty: { "twice.sh": "echo $(($1 + 3))\n" },
    gate: "test_command",
    fault: /^null: Ended with 2\./,
    tools: { test_command: "make --version" },
  },
  "an application in Ruby": {
    files: {
      ".banyan/gates.yaml": "vulnerabilities: { osv: ../osv }\ncomplexity: {}\n",
      "app.rb": "puts 1\n",
      "Gemfile.lock": "GEM\n",
    },
    fine: { "app.rb": "puts 2\n" },
    faulty: { "app.rb": `puts "${TOKEN}"\n`, "Gemfile.lock": "GEM\n  remote: x\n" },
    gate: "oddities",
    fault: /^app\.rb:1: A secret, as it seems: GitHub token\.$/,
    unmeasured: { complexity: /^No file is in a language/, vulnerabilities: /^Gemfile\.lock: this gate does not read/ },
  },
  "scripts of the shell": {
    files: { "package.json": JSON.stringify({ scripts: { lint: "sh -n backup.sh" } }), "backup.sh": "echo 1\n" },
    fine: { "backup.sh": "echo 2\n" },
    faulty: { "backup.sh": "if true; then echo 2\n" },
    gate: "lint",
    fault: /^null: Ended with [12]\./,
    unmeasured: { old_tests: /./ },
  },
  "only documents": {
    files: { "README.md": "# Book\n" },
    fine: { "README.md": "# Book\n\nMore.\n" },
    faulty: { "README.md": "# Book\n<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> other\n" },
    gate: "oddities",
    fault: /^README\.md:2: A merge was not finished/,
    unmeasured: { old_tests: /./ },
  },
  "a monorepo with static analysis": {
    files: {
      ".banyan/gates.yaml":
        'test_side: ["checks/**"]\nanalysis:\n  - { run: node checks/scan.mjs, report: out.sarif }\n  - { run: semgrep scan --sarif --output semgrep.sarif, report: semgrep.sarif }\n',
      "checks/scan.mjs": ANALYSER,
      "packages/app/app.mjs": 'eval("1");\n',
    },
    fine: { "packages/app/app.mjs": '\n\neval("1");\n' },
    faulty: { "packages/app/app.mjs": 'eval("1");\neval("2");\n' },
    gate: "analysis",
    fault: /^packages\/app\/app\.mjs:2: scan no-eval: eval runs any text\.$/,
  },
  "JavaScript with a floor for coverage": {
    files: {
      ...NUMBERS,
      ".banyan/gates.yaml":
        "coverage: { run: node --test --experimental-test-coverage --test-reporter=lcov --test-reporter-destination=lcov.info test/, report: { format: lcov, file: lcov.info }, least_percent: 80, may_fall_percent: 100 }\n",
    },
    fine: { "src/numbers.mjs": MODULE.replace("a + b", "b + a") },
    faulty: {
      "src/numbers.mjs": `${MODULE}\nexport function unused(value) {\n${"  value += 1;\n".repeat(20)}  return value;\n}\n`,
    },
    gate: "coverage",
    fault: /^null: \d\d\.\d % is less than the 80 % that the settings ask for\.$/,
  },
};
