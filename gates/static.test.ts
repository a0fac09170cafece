import { afterEach, expect, test } from "vitest";
import { oddCharacters } from "./checks/odd-characters";
import { createFixture, type Fixture, failedIn, faultsIn, found, gateIn } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture?.end());

const just = (...gates: ("scope" | "oddities" | "dependencies" | "licences" | "complexity" | "documentation")[]) => ({
  only: gates,
});

test("scope: a guarded file and a changed submodule are flags", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": 'guarded: ["src/secret/**", "*.lock"]\n',
    "src/secret/a.txt": "a\n",
  });
  fixture.put("src/secret/a.txt", "b\n");
  fixture.put("deep/x.lock", "x\n");
  fixture.put("src/open.txt", "x\n");
  fixture.put("other/.git/HEAD", "ref: refs/heads/main\n");
  fixture.put("other/.git/objects/x", "");
  fixture.put("other/.git/refs/x", "");
  const working = found(await fixture.judge(just("scope")), "scope", "flag");
  expect(working.filter((text) => text.startsWith("other"))).toEqual([
    "other: This folder holds packages or a repository of its own, so no gate sees its files. Git may commit it.",
  ]);
  fixture.git("update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},vendor/module`);
  fixture.git("add", "-A", "src", "deep");
  fixture.git("commit", "-q", "-m", "Change");
  const report = await fixture.judge({ head: "HEAD", ...just("scope") });
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(found(report, "scope", "flag")).toEqual([
    "deep/x.lock: A guarded file is added.",
    "src/secret/a.txt: A guarded file is modified.",
    "vendor/module: A submodule changed; no gate sees its files.",
  ]);
});

test("scope: a mark guards its room, and no change frees a file by its own marks", async () => {
  fixture = createFixture({
    "src/auth/GUARDED": "People sign in here.\n",
    "src/auth/deep/a.txt": "a\n",
    "src/budget/GUARDED": "Who pays.\n- pay.txt\n",
    "src/budget/pay.txt": "a\n",
    "src/moved/GUARDED": "This was important.\n",
    "src/moved/b.txt": "b\n",
  });
  fixture.put("src/auth/GUARDED", "Nothing.\n- nothing\n");
  fixture.put("src/auth/deep/a.txt", "b\n");
  fixture.put("src/auth/new.txt", "b\n");
  fixture.put("src/budget/pay.txt", "b\n");
  fixture.put("src/budget/see.txt", "b\n");
  fixture.remove("src/moved/GUARDED");
  fixture.remove("src/moved/b.txt");
  fixture.put("src/elsewhere/b.txt", "b\n");
  fixture.put("src/fresh/GUARDED", "New.\n");
  fixture.put("src/fresh/c.txt", "c\n");
  const report = await fixture.judge(just("scope"));
  expect(found(report, "scope", "flag")).toEqual([
    "src/auth/GUARDED: A guarded file is modified.",
    "src/auth/deep/a.txt: A guarded file is modified.",
    "src/auth/new.txt: A guarded file is added.",
    "src/budget/pay.txt: A guarded file is modified.",
    "src/fresh/GUARDED: A guarded file is added.",
    "src/fresh/c.txt: A guarded file is added.",
    "src/moved/GUARDED: A guarded file is deleted.",
    "src/moved/b.txt: A guarded file is deleted.",
  ]);
});

test("J4: oddities: secrets, deceiving characters, links and names of key files, in added lines only", async () => {
  const old = `const old = "${"ghp_"}${"a1B2c3D4e5".repeat(4)}";\n`;
  fixture = createFixture({ "src/old.mjs": old, ".banyan/gates.yaml": 'oddities: { allow: ["fixtures/**"] }\n' });
  fixture.put("src/old.mjs", `${old}// more\n`);
  fixture.put("src/key.mjs", `export const a = 1;\nexport const key = "${"ghp_"}${"a1B2c3D4e5".repeat(4)}";\n`);
  fixture.put("src/entropy.py", `password = "${"q8Zr2LmX0vTb7KpW9sYd"}"\n`);
  fixture.put("src/bidi.mjs", "const a = 1; /*\u202e } \u2066 if (admin) { */\nconst b\u200b = 2;\n");
  fixture.put("src/mixed.mjs", "const \u0430dmin = 1;\n");
  fixture.put("fixtures/key.txt", `${"ghp_"}${"a1B2c3D4e5".repeat(4)}\n`);
  fixture.put(".env", "A=b\n");
  const { symlinkSync } = await import("node:fs");
  symlinkSync("../../etc/passwd", `${fixture.folder}/src/link`);
  const report = await fixture.judge(just("oddities"));
  expect(failedIn(report)).toEqual(["oddities"]);
  expect(found(report, "oddities", "fault")).toEqual([
    "src/bidi.mjs:1: This line contains a bidirectional control U+202E.",
    "src/bidi.mjs:1: This line contains a bidirectional control U+2066.",
    "src/bidi.mjs:2: This line contains an invisible character U+200B.",
    "src/entropy.py:1: A secret, as it seems: password.",
    "src/key.mjs:2: A secret, as it seems: GitHub token.",
    "src/link: This link leads out of the repository.",
  ]);
  expect(found(report, "oddities", "flag")).toEqual([
    ".env: The name of this new file is one of files with keys.",
    "src/mixed.mjs:1: A word mixes letters of two scripts.",
    "src/mixed.mjs:1: A name has letters of another alphabet, which can look like other letters.",
  ]);
});

test("oddities: links that lead out of the repository through other links, or in a circle", async () => {
  const { mkdirSync, rmSync, symlinkSync } = await import("node:fs");
  fixture = createFixture({ "deep/below/a.txt": "a\n", "src/b/c.txt": "c\n" });
  const link = (target: string, file: string) => symlinkSync(target, `${fixture.folder}/${file}`);
  link("deep/below/../below", "old");
  link("..", "src/up");
  fixture.commit();
  mkdirSync(`${fixture.folder}/a`);
  link("..", "a/u");
  link("a/u/a/u/a/u/../../../../../../etc/hostname", "p");
  link("round", "round");
  link("src/up/src/b/c.txt", "fine");
  // The link that leads here is as on the base.
  rmSync(`${fixture.folder}/deep`, { recursive: true });
  mkdirSync(`${fixture.folder}/deep`);
  link("..", "deep/below");
  const report = await fixture.judge(just("oddities"));
  expect(found(report, "oddities", "fault")).toEqual([
    "old: This link leads out of the repository.",
    "p: This link leads out of the repository.",
    "round: This link leads through too many links, or in a circle.",
  ]);
});

test("oddities: code that behaves otherwise in tests is a flag, and fails a run that asks for it", async () => {
  fixture = createFixture();
  fixture.edit(
    "src/numbers.mjs",
    "return a + b",
    "return process.env.VITEST || process.env.NODE_TEST_CONTEXT ? a + b : a - b",
  );
  fixture.put(
    "src/other.mjs",
    'export const a = process.env["VI" + "TEST"];\nexport const b = process.env["HOME"];\nexport const c = import.meta.vitest;\n',
  );
  fixture.put("test/more.test.mjs", "process.env.NODE_ENV;\n");
  fixture.put(
    "src/self.mjs",
    'import assert from "node:assert";\nassert.equal = () => {};\nexport function five() {\n  return five.toString().length > 50 ? 5 : 6;\n}\nexport const isLive = process.env.NODE_ENV === "production";\n',
  );
  fixture.put("tools/self.py", "import inspect\n\n\ndef five():\n    return inspect.getsource(five)\n");
  const report = await fixture.judge(just("oddities"));
  const end = "so the code may behave otherwise in tests.";
  expect(found(report, "oddities", "flag")).toEqual([
    `src/numbers.mjs:2: This line asks whether a test runs it, ${end}`,
    `src/other.mjs:1: This line asks whether a test runs it, ${end}`,
    `src/other.mjs:3: This line asks whether a test runs it, ${end}`,
    `src/self.mjs:2: This line replaces what tests are made of, ${end}`,
    `src/self.mjs:4: This line reads its own code, ${end}`,
    `src/self.mjs:6: This line asks where it runs, ${end}`,
    `tools/self.py:5: This line reads its own code, ${end}`,
  ]);
});

test("oddities: many lines of one kind hide no other, and are counted", async () => {
  fixture = createFixture();
  const asks = Array.from({ length: 22 }, (_, at) => `export const a${at} = process.env.NODE_ENV;\n`);
  fixture.put("src/many.mjs", `${asks.join("")}export const run = (text) => eval(text);\n`);
  const flags = found(await fixture.judge(just("oddities")), "oddities", "flag");
  const asksWhere = "This line asks where it runs, so the code may behave otherwise in tests.";
  expect(flags.slice(0, 20)).toEqual(asks.slice(2).map((_, at) => `src/many.mjs:${at + 1}: ${asksWhere}`));
  expect(flags.slice(20)).toEqual([
    expect.stringMatching(/^src\/many\.mjs:23: /),
    `src/many.mjs: 2 more in this file: ${asksWhere}`,
  ]);
});

test("oddities: hidden ways in new code, programs that nobody can read, and settings that turn a check off", async () => {
  fixture = createFixture({
    "src/old.mjs": 'export const old = process["env"];\n',
    "biome.json": '{\n  "linter": { "enabled": true }\n}\n',
    ".banyan/gates.yaml": "oddities: { trial_words: [isTrial] }\n",
  });
  fixture.put("src/old.mjs", 'export const old = process["env"];\nexport const fresh = globalThis["process"];\n');
  fixture.put("src/live.mjs", 'import { open } from "./launch.mjs";\nexport const isLive = !open().isTrial;\n');
  fixture.put("test/live.test.mjs", `// @ts-nocheck\nexport const env = { ...process.env };\n`);
  fixture.put("src/program.wasm", "\0asm");
  fixture.put("src/picture.png", "\0png");
  fixture.put("src/broken.mjs", "export const = ;\n");
  fixture.put("biome.json", '{\n  "linter": { "enabled": false }\n}\n');
  const report = await fixture.judge(just("oddities"));
  expect(found(report, "oddities", "flag")).toEqual([
    "biome.json:2: This setting turns a check off, or leaves files out of it.",
    "src/broken.mjs:1: This code could not be parsed, so nothing hidden was looked for.",
    "src/live.mjs:2: This line asks for the release's state, so the code may behave otherwise on trial.",
    "src/old.mjs:2: This line reaches the environment by another way than its plain name.",
    "src/program.wasm: This file is no text, so no reader sees what it does.",
    "test/live.test.mjs:1: This comment turns a check off for more than one rule or line.",
  ]);
});

test("oddities: a conflict that git has left in a file", async () => {
  const conflict = ["<<<<<<< HEAD", "a: 1", "=======", "a: 2", ">>>>>>> feature", ""];
  fixture = createFixture({ "old.txt": conflict.join("\n") });
  fixture.put("old.txt", [...conflict, "more", ""].join("\n"));
  fixture.put("src/data.yaml", ["b: 0", ...conflict].join("\n"));
  // The same conflict twice in a file, with the common ancestor of both sides and another system's line endings.
  const wide = ["<<<<<<< ours", "a", "||||||| base", "b", "=======", "c", ">>>>>>> theirs", ""];
  fixture.put("notes.md", [...wide, ...wide].join("\r\n"));
  // Headings, quotations and examples are no conflict.
  fixture.put("headings.md", ["Chapter", "=======", "", "Another", "=======", ""].join("\n"));
  fixture.put("disorder.md", [">>>>>>> a quotation", "=======", "<<<<<<< an arrow", ">>>>>>> another", ""].join("\n"));
  fixture.put("example.md", conflict.map((line) => `    ${line}`).join("\n"));
  const report = await fixture.judge(just("oddities"));
  expect(failedIn(report)).toEqual(["oddities"]);
  const said = "A merge was not finished: git's marks of a conflict are still here.";
  expect(found(report, "oddities", "fault")).toEqual([
    `notes.md:1: ${said}`,
    `notes.md:9: ${said}`,
    `src/data.yaml:2: ${said}`,
  ]);
});

test("joiners of emoji and of other scripts are no oddity", () => {
  expect(oddCharacters("\uFEFFa 👩‍👩‍👧 می‌خواهم")).toEqual([]);
  expect(oddCharacters("a\u200db").map(({ name }) => name)).toEqual(["an invisible character U+200D"]);
  expect(oddCharacters("a\u{e0041}").map(({ name }) => name)).toEqual(["an invisible character U+E0041"]);
});

const SOURCE = "https://packages.example.org";
const sum = `sha512-${"a".repeat(86)}==`;

function manifest(more: object = {}): string {
  return JSON.stringify({ name: "numbers", type: "module", dependencies: { left: "^1.0.0" }, ...more });
}

function lock(packages: object = {}, root: object = {}): string {
  return JSON.stringify({
    lockfileVersion: 3,
    packages: {
      "": { name: "numbers", dependencies: { left: "^1.0.0" }, ...root },
      "node_modules/left": { version: "1.2.0", resolved: `${SOURCE}/left/-/left-1.2.0.tgz`, integrity: sum },
      ...packages,
    },
  });
}

async function packageFaults(files: Record<string, string>): Promise<string[]> {
  fixture = createFixture({ "package.json": manifest(), "package-lock.json": lock(), ".gitignore": "node_modules\n" });
  for (const [file, text] of Object.entries(files)) fixture.put(file, text);
  const report = await fixture.judge(just("dependencies"));
  expect(gateIn(report, "dependencies").outcome).toBe(
    found(report, "dependencies", "fault").length > 0 ? "failed" : "passed",
  );
  const faults = found(report, "dependencies", "fault");
  fixture.end();
  return faults;
}

test("J4: dependencies: drift of the lock", async () => {
  expect(await packageFaults({})).toEqual([]);
  expect(await packageFaults({ "package.json": manifest({ dependencies: { left: "^2.0.0" } }) })).toEqual([
    "package-lock.json: dependencies of left: ^2.0.0 in package.json, ^1.0.0 here.",
  ]);
  const both = {
    "package.json": manifest({ dependencies: { left: "^2.0.0" } }),
    "package-lock.json": lock({}, { dependencies: { left: "^2.0.0" } }),
  };
  expect(await packageFaults(both)).toEqual([
    "package-lock.json: left is locked at 1.2.0, and package.json asks for ^2.0.0.",
  ]);
  expect(await packageFaults({ "package-lock.json": "{" })).toEqual([
    "null: package.json or package-lock.json is not as npm writes it.",
  ]);
});

test("J4: dependencies: install scripts, checksums, sources and tracked packages", async () => {
  expect(await packageFaults({ "package.json": manifest({ scripts: { postinstall: "node steal.js" } }) })).toEqual([
    "package.json: The change sets the script postinstall, which runs when somebody installs.",
  ]);
  expect(await packageFaults({ "package.json": manifest({ scripts: { dependencies: "node steal.js" } }) })).toEqual([
    "package.json: The change sets the script dependencies, which runs when somebody installs.",
  ]);
  expect(await packageFaults({ "deep/binding.gyp": "{}", "common.gypi": "{}" })).toEqual([
    "common.gypi: This file is added, and npm runs its commands when somebody installs.",
    "deep/binding.gyp: This file is added, and npm runs its commands when somebody installs.",
  ]);
  const right = (more: object) =>
    lock({
      "node_modules/right": {
        version: "1.0.0",
        resolved: `${SOURCE}/right/-/right-1.0.0.tgz`,
        integrity: sum,
        ...more,
      },
    });
  expect(await packageFaults({ "package-lock.json": right({}) })).toEqual([]);
  expect(await packageFaults({ "package-lock.json": right({ resolved: undefined }) })).toEqual([]);
  expect(await packageFaults({ "package-lock.json": right({ hasInstallScript: true }) })).toEqual([
    "package-lock.json: right runs a script when it is installed.",
  ]);
  expect(await packageFaults({ "package-lock.json": right({ integrity: undefined }) })).toEqual([
    "package-lock.json: right has no strong checksum (integrity).",
  ]);
  expect(await packageFaults({ "package-lock.json": right({ integrity: undefined, resolved: undefined }) })).toEqual([
    "package-lock.json: right has no strong checksum (integrity).",
  ]);
  const bundled = { inBundle: true, integrity: undefined, resolved: "https://evil.example/x.tgz" };
  expect(await packageFaults({ "package-lock.json": right(bundled) })).toEqual([
    "package-lock.json: right comes from evil.example, which is not a source of the base.",
  ]);
  expect(
    await packageFaults({ "package-lock.json": right({ resolved: "https://other.example.org/right-1.0.0.tgz" }) }),
  ).toEqual(["package-lock.json: right comes from other.example.org, which is not a source of the base."]);
  expect(
    await packageFaults({ "package-lock.json": right({ resolved: "git+ssh://git@example.org/right.git#abc" }) }),
  ).toEqual(["package-lock.json: right does not come from a registry over https."]);
  const swapped = lock({
    "node_modules/left": {
      version: "1.2.0",
      resolved: `${SOURCE}/left/-/left-1.2.0.tgz`,
      integrity: `sha512-${"b".repeat(86)}==`,
    },
  });
  expect(await packageFaults({ "package-lock.json": swapped })).toEqual([
    "package-lock.json: left has another checksum than on the base, in the same version 1.2.0.",
  ]);
  expect(await packageFaults({ ".gitignore": "", "tools/node_modules/x/index.js": "x\n" })).toEqual([]);
});

test("dependencies: a shrinkwrap is the lock that npm reads", async () => {
  const evil = lock({
    "node_modules/right": { version: "1.0.0", resolved: "https://evil.example/r.tgz", integrity: sum },
  });
  const from = "npm-shrinkwrap.json: right comes from evil.example, which is not a source of the base.";
  expect(await packageFaults({ "npm-shrinkwrap.json": evil })).toEqual([
    "npm-shrinkwrap.json: npm reads this new file instead of package-lock.json.",
    from,
  ]);
  fixture = createFixture({ "package.json": manifest(), "npm-shrinkwrap.json": lock() });
  fixture.put("npm-shrinkwrap.json", evil);
  expect(found(await fixture.judge(just("dependencies")), "dependencies", "fault")).toEqual([from]);
});

test("dependencies: a lock of an old npm, and a package.json that is no manifest, fail no change of other files", async () => {
  const old = JSON.stringify({ lockfileVersion: 1, dependencies: { left: { version: "1.2.0" } } });
  const files = { "package.json": manifest(), "package-lock.json": old, "tests/bad/package.json": "{" };
  fixture = createFixture(files);
  fixture.put("text.txt", "x\n");
  fixture.put("tests/bad/package.json", "{{");
  const report = await fixture.judge(just("dependencies"));
  expect(gateIn(report, "dependencies").outcome).toBe("passed");
  expect(found(report, "dependencies", "flag")).toEqual([
    "tests/bad/package.json: This package.json cannot be read, so its scripts are not known.",
  ]);
  fixture.put(
    "tests/bad/package.json",
    '{ "version": 1, "dependencies": 1, "scripts": { "a": 1, "install": "steal" } }',
  );
  fixture.put("package-lock.json", lock());
  const changed = await fixture.judge(just("dependencies"));
  expect(found(changed, "dependencies", "fault")).toEqual([
    "tests/bad/package.json: The change sets the script install, which runs when somebody installs.",
  ]);
  fixture.remove("tests/bad/package.json");
  expect(gateIn(await fixture.judge(just("dependencies")), "dependencies").outcome).toBe("not_measured");
});

test("dependencies: packages of workspaces are judged where the root asks for none, and a link is not followed", async () => {
  const root = { name: "numbers", workspaces: ["packages/*"] };
  const lockWith = (more: object) =>
    JSON.stringify({
      lockfileVersion: 3,
      packages: { "": root, "packages/a": { dependencies: { left: "1.0.0" } }, ...more },
    });
  const inner = { version: "1.0.0", resolved: `${SOURCE}/left/-/left-1.0.0.tgz` };
  fixture = createFixture({
    "package.json": JSON.stringify(root),
    "package-lock.json": lockWith({}),
    "packages/a/package.json": '{ "dependencies": { "left": "1.0.0" } }',
  });
  fixture.put("package-lock.json", lockWith({ "packages/a/node_modules/left": inner }));
  expect(found(await fixture.judge(just("dependencies")), "dependencies", "fault")).toEqual([
    `package-lock.json: left comes from packages.example.org, which is not a source of the base.`,
  ]);
  const { symlinkSync } = await import("node:fs");
  fixture.remove("package.json");
  symlinkSync("packages/a/package.json", `${fixture.folder}/package.json`);
  expect(gateIn(await fixture.judge(just("dependencies")), "dependencies").outcome).toBe("not_measured");
});

test("dependencies: the packages that differ are flags, each by its name", async () => {
  fixture = createFixture({ "package.json": manifest(), "package-lock.json": lock(), ".gitignore": "node_modules\n" });
  const entry = { version: "1.0.0", resolved: `${SOURCE}/lodahs/-/lodahs-1.0.0.tgz`, integrity: sum };
  fixture.put("package-lock.json", lock({ "node_modules/lodahs": entry }));
  expect(found(await fixture.judge(just("dependencies")), "dependencies", "flag")).toEqual([
    "null: The packages of this change differ from those of the base.",
    "package-lock.json: lodahs 1.0.0 is new.",
    "package-lock.json: lodahs is new and its name looks like lodash: it may be an imitation (typo-squat).",
  ]);
});

test("dependencies: a commit that tracks the code of a package", async () => {
  fixture = createFixture();
  fixture.put("node_modules/chai/index.js", "x\n");
  fixture.commit();
  const report = await fixture.judge({ head: "HEAD", ...just("dependencies") });
  expect(found(report, "dependencies", "fault")).toEqual([
    "node_modules/chai/index.js: A file of an installed package is added.",
  ]);
});

test("licences: new packages need an allowed one; a package that is not installed is not measured", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": "licences: { allow: [MIT, Apache-2.0] }\n",
    "package.json": manifest(),
    "package-lock.json": lock(),
    ".gitignore": "node_modules\n",
  });
  const install = (name: string, license: unknown) =>
    fixture.put(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: name === "left" ? "1.2.0" : "1.0.0", license }),
    );
  // As before a pull request, where nothing is installed.
  expect((await fixture.judge(just("licences"))).outcome).toBe("passed");
  install("left", "GPL-3.0-only");
  expect((await fixture.judge(just("licences"))).outcome).toBe("passed");
  const entry = { version: "1.0.0", resolved: `${SOURCE}/right/-/right-1.0.0.tgz`, integrity: sum };
  fixture.put("package-lock.json", lock({ "node_modules/right": entry }));
  expect((await fixture.judge(just("licences"))).outcome).toBe("not_measured");
  install("right", "(GPL-3.0-only OR MIT)");
  expect((await fixture.judge(just("licences"))).outcome).toBe("passed");
  const inWorkspace = lock({ "packages/a/node_modules/right": entry });
  fixture.put("package-lock.json", inWorkspace);
  fixture.put("packages/a/node_modules/right/package.json", '{ "version": "1.0.0", "license": "GPL-3.0-only" }');
  expect(found(await fixture.judge(just("licences")), "licences", "fault")).toHaveLength(1);
  fixture.put("packages/a/node_modules/right/package.json", '{ "version": "1.0.0", "license": "MIT" }');
  expect((await fixture.judge(just("licences"))).outcome).toBe("passed");
  fixture.put("package-lock.json", lock({ "node_modules/right": entry }));
  for (const [licence, shown] of [
    ["GPL-3.0-only", "GPL-3.0-only"],
    ["(MIT AND GPL-3.0-only)", "(MIT AND GPL-3.0-only)"],
    [undefined, "(none)"],
  ]) {
    install("right", licence);
    expect(found(await fixture.judge(just("licences")), "licences", "fault")).toEqual([
      `package-lock.json: right 1.0.0 has the licence ${shown}, which is not allowed.`,
    ]);
  }
});

test("complexity and documentation are compared with the base", async () => {
  const knotty = (name: string) =>
    `export function ${name}(a) {\n  if (a > 1 && a < 9) return 1;\n  for (const b of a) if (b) return b ? 2 : 3;\n  return 0;\n}\n`;
  fixture = createFixture({
    ".banyan/gates.yaml": "complexity: { most: 4 }\ndocumentation: {}\n",
    "src/knotty.mjs": knotty("before"),
  });
  fixture.put(
    "src/knotty.mjs",
    `${knotty("before")}\n/** Returns something. */\n${knotty("after")}\n/** Twice. */\nexport const twice = (a) => 2 * a;\n`,
  );
  const report = await fixture.judge(just("complexity", "documentation"));
  expect(failedIn(report)).toEqual(["complexity"]);
  expect(found(report, "complexity", "fault")).toEqual([
    "src/knotty.mjs:8: after has a complexity of 6, and the limit is 4.",
  ]);
  fixture.put(
    "src/bare.mjs",
    "export default function () {}\nexport const thrice = function () {};\nexport const NUMBER = 3;\n",
  );
  const bare = await fixture.judge(just("documentation"));
  expect(gateIn(bare, "documentation").counts).toEqual({ before: 1, after: 3 });
  expect(found(bare, "documentation", "fault")).toEqual([
    "null: 2 more exported functions have no docstring than on the base.",
  ]);
});
