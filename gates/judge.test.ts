import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { GatesReport } from "@/core/shapes/improving/gates";
import { headline } from "./print/words";
import { sha256 } from "./running/evidence";
import { createFixture, type Fixture, failedIn, faultsIn, found, gateIn, SETTINGS } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

const HALF_TEST = `import assert from "node:assert/strict";
import { test } from "node:test";
import { half } from "../src/numbers.mjs";

test("halves", () => assert.equal(half(4), 2));
`;

function addHalf(): void {
  fixture.edit(
    "src/numbers.mjs",
    "export function isEven",
    "export const half = (value) => value / 2;\n\nexport function isEven",
  );
  fixture.put("test/half.test.mjs", HALF_TEST);
}

test("a good change passes: the working tree against HEAD, and one commit against another", async () => {
  fixture = createFixture();
  addHalf();
  const report = await fixture.judge();
  expect(GatesReport.parse(report)).toEqual(report);
  expect(report).toMatchObject({ outcome: "passed", head: { name: "working tree", commit: null } });
  expect(gateIn(report, "old_tests").counts).toMatchObject({ tests: 3, passed: 3 });
  expect(gateIn(report, "new_tests").counts).toMatchObject({ tests: 4, new: 1 });
  expect(report.gates.flatMap(({ findings }) => findings)).toEqual([]);
  expect(report.test_side).toEqual(["test/half.test.mjs"]);
  fixture.commit();
  const commits = await fixture.judge({ base: "HEAD^", head: "main" });
  expect(commits).toMatchObject({
    outcome: "passed",
    head: { name: "main", commit: fixture.git("rev-parse", "main") },
  });
  expect(commits.head.digest).toBe(report.head.digest);
});

test("an unchanged candidate passes three times in a row", async () => {
  fixture = createFixture();
  const reports = [await fixture.judge(), await fixture.judge(), await fixture.judge()];
  expect(reports.map(({ outcome }) => outcome)).toEqual(["passed", "passed", "passed"]);
  expect(new Set(reports.map(({ head }) => head.digest)).size).toBe(1);
  expect(reports.flatMap(({ gates }) => gates).flatMap(({ findings }) => findings)).toEqual([]);
});

test("the evidence says what each gate saw, and the digests bind it", async () => {
  fixture = createFixture();
  fixture.edit("src/numbers.mjs", "return a + b", `return a + b; // ${"x".repeat(20)}`);
  const report = await fixture.judge();
  const text = (name: string) => fs.readFileSync(path.join(report.evidence, name), "utf8");
  const old = gateIn(report, "old_tests");
  expect(sha256(text("old_tests.json"))).toBe(old.digest);
  expect(JSON.parse(text("report.json"))).toEqual(report);
  const { runs, inputs, versions } = JSON.parse(text("old_tests.json"));
  expect(inputs).toMatchObject({ base: report.base.digest, head: report.head.digest });
  expect(versions.node).toBe(process.version);
  expect(runs).toMatchObject([
    { name: "base", exit_status: 0, ended_by: null },
    { name: "head-with-tests-of-base", exit_status: 0 },
  ]);
  expect(sha256(text(runs[0].log))).toBe(runs[0].log_sha256);
  expect(text(runs[0].log)).toContain("# pass 3");
  expect(report.digest).toBe(sha256(report.gates.map(({ gate, digest }) => `${gate} ${digest}\n`).join("")));
});

test("J1: a broken function and a deleted test: both gates name the test", async () => {
  fixture = createFixture();
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  fixture.edit("test/numbers.test.mjs", 'test("adds", () => assert.equal(sum(2, 3), 5));\n', "");
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["old_tests", "new_tests"]);
  expect(found(report, "old_tests", "fault")).toEqual(["adds: This test of the base fails on the change."]);
  expect(found(report, "new_tests", "fault")).toEqual(["adds: The change removes this test without retiring it."]);
});

test("J1: a weakened assertion does not hide a fault: the base's own tests run", async () => {
  fixture = createFixture();
  fixture.edit("src/numbers.mjs", "value % 2 === 0", "value % 2 !== 7");
  fixture.edit("test/numbers.test.mjs", "assert.equal(isEven(3), false);", "assert.ok(true);");
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["old_tests"]);
  expect(found(report, "old_tests", "fault")).toEqual([
    "knows even numbers: This test of the base fails on the change.",
  ]);
  expect(found(report, "new_tests", "flag")).toEqual([
    "test/numbers.test.mjs: A file of tests is modified; the base's version was used for the old tests.",
  ]);
});

test("J1: a new skip fails, and so does a new test that is skipped, doubled or red", async () => {
  fixture = createFixture();
  fixture.edit("test/numbers.test.mjs", 'test("adds", ()', 'test("adds", { skip: true }, ()');
  fixture.put(
    "test/more.test.mjs",
    'import { test } from "node:test";\ntest("later", { skip: true }, () => {});\ntest("twice", () => {});\ntest("twice", () => {});\ntest("red", () => { throw new Error("red"); });\n',
  );
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["new_tests"]);
  expect(found(report, "new_tests", "fault")).toEqual([
    "adds: The change skips this test.",
    "red: This new test fails.",
    "later: This new test is skipped.",
    "twice: 2 new tests have this id.",
  ]);
});

test("the change's own tests that end badly fail, although each of their report passes", async () => {
  const run = "node --test --test-reporter=tap test/";
  fixture = createFixture({ "after.mjs": "", ".banyan/gates.yaml": SETTINGS.replace(run, `${run} && node after.mjs`) });
  addHalf();
  fixture.put("after.mjs", "Promise.reject(new Error('nobody waits for it'));\n");
  const report = await fixture.judge({ only: ["old_tests", "new_tests"] });
  expect(faultsIn(report)).toEqual([
    "new_tests",
    "null: The command ended with 1, although no test of its report fails.",
  ]);
});

test("a legitimate change of a test passes when the change retires it, and a person sees why", async () => {
  fixture = createFixture();
  fixture.edit("src/numbers.mjs", "value % 2 === 0", "value % 2 !== 0");
  fixture.edit("test/numbers.test.mjs", "assert.equal(isEven(4), true);", "assert.equal(isEven(4), false);");
  fixture.edit("test/numbers.test.mjs", "assert.equal(isEven(3), false);", "assert.equal(isEven(3), true);");
  expect(failedIn(await fixture.judge())).toEqual(["old_tests"]);
  const retires = 'retires:\n  - { test: "knows even numbers", why: "It now knows odd numbers." }\n';
  fixture.put(".banyan/gates.yaml", SETTINGS + retires);
  const report = await fixture.judge();
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(found(report, "old_tests", "flag")).toEqual(["knows even numbers: Retired: It now knows odd numbers."]);
  expect(found(report, "new_tests", "flag")).toEqual([
    "test/numbers.test.mjs: A file of tests is modified; the base's version was used for the old tests.",
  ]);
  expect(found(report, "scope", "flag")).toEqual([".banyan/gates.yaml: A guarded file is modified."]);
  // A test that an earlier change retired no longer counts, and a wrong id is noticed.
  fixture.commit();
  fixture.edit("src/numbers.mjs", "value % 2 !== 0", "value % 2 === 0");
  expect(failedIn(await fixture.judge())).toEqual(["old_tests", "new_tests"]);
  fixture.put(".banyan/gates.yaml", `${SETTINGS + retires}  - { test: "no such test", why: "Wrong." }\n`);
  expect(found(await fixture.judge(), "old_tests", "fault")).toContain(
    "no such test: This retired test is not in the base; check its id.",
  );
});

test("J1: edited runner settings do not apply: package.json, configuration and setup files come from the base", async () => {
  fixture = createFixture({
    "package.json":
      '{ "name": "numbers", "type": "module", "scripts": { "test": "node --test --test-reporter=tap test/" } }\n',
    ".banyan/gates.yaml": SETTINGS.replace("node --test --test-reporter=tap test/", "npm test --silent"),
  });
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  fixture.edit(
    "package.json",
    "node --test --test-reporter=tap test/",
    "echo TAP version 13; echo ok 1 - adds; echo ok 2 - clamps; echo ok 3 - knows even numbers; echo 1..3",
  );
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["old_tests"]);
  expect(found(report, "old_tests", "fault")).toEqual(["adds: This test of the base fails on the change."]);
});

test("a script that the command names comes from the base too", async () => {
  const settings = SETTINGS.replace("node --test --test-reporter=tap test/", "sh ./tools/run.sh");
  fixture = createFixture({
    ".banyan/gates.yaml": settings,
    "tools/run.sh": "node --test --test-reporter=tap test/\n",
  });
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  fixture.put(
    "tools/run.sh",
    "printf 'TAP version 13\\nok 1 - adds\\nok 2 - clamps\\nok 3 - knows even numbers\\n1..3\\n'\n",
  );
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["old_tests"]);
  expect(found(report, "new_tests", "flag")).toEqual([
    "tools/run.sh: Settings of tests or checks are modified; the base's version was used for the old tests.",
  ]);
});

test("a report in JUnit's form, in a file; one that the change brings along does not count", async () => {
  const run = "node --test --test-reporter=junit --test-reporter-destination=report.xml test/";
  const settings = SETTINGS.replace("node --test --test-reporter=tap test/", run);
  fixture = createFixture({ ".banyan/gates.yaml": settings.replace("format: tap", "format: junit, file: report.xml") });
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  fixture.put("report.xml", '<testsuites><testcase name="adds" classname="test"/></testsuites>\n');
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["old_tests", "new_tests"]);
  expect(gateIn(report, "old_tests").counts).toMatchObject({ tests: 3, passed: 2 });
});

test("without settings the repository's own tests are found, run and compared, and a note names the command", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": "",
    "package.json": '{ "name": "numbers", "scripts": { "test": "node --test test/" } }',
  });
  fixture.remove(".banyan/gates.yaml");
  fixture.commit();
  addHalf();
  const report = await fixture.judge();
  expect(report.outcome).toBe("passed");
  expect(gateIn(report, "old_tests").counts).toMatchObject({ tests: 3, passed: 3 });
  expect(found(report, "scope", "note")).toEqual([expect.stringContaining("node --test --test-reporter=tap test/")]);
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  expect(failedIn(await fixture.judge())).toContain("old_tests");
});

test("without settings a test command without a report counts by its exit status", async () => {
  fixture = createFixture({ Makefile: "test:\n\tnode --test test/\n" });
  fixture.remove(".banyan/gates.yaml");
  fixture.commit();
  addHalf();
  expect(gateIn(await fixture.judge(), "test_command").outcome).toBe("passed");
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  expect(gateIn(await fixture.judge(), "test_command")).toMatchObject({ outcome: "failed" });
});

test("without settings and without tests, the report does not say that the change passes", async () => {
  fixture = createFixture({
    "package.json": '{ "scripts": { "test": "echo \\"Error: no test specified\\" && exit 1" } }',
  });
  fixture.remove(".banyan/gates.yaml");
  fixture.commit();
  addHalf();
  const report = await fixture.judge();
  expect(report.outcome).toBe("not_measured");
  expect(gateIn(report, "old_tests")).toMatchObject({ outcome: "not_measured", required: true });
  expect(headline(report)).toBe("Not measured: old tests.");
});

test("a base without settings: those of the change are used, and a flag says so", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": "" });
  fixture.remove(".banyan/gates.yaml");
  fixture.commit();
  expect(gateIn(await fixture.judge(), "old_tests").outcome).toBe("not_measured");
  fixture.put(".banyan/gates.yaml", SETTINGS);
  const report = await fixture.judge();
  expect(gateIn(report, "old_tests").outcome).toBe("passed");
  expect(found(report, "scope", "flag")).toContain(
    ".banyan/gates.yaml: The base has no settings of gates, so those of the change were used.",
  );
});

test("J3: a report that is a link, a pipe or a folder is not read", async () => {
  const make = [
    "ln -s /etc/passwd report.tap",
    "mkfifo report.tap",
    "mkdir report.tap",
    "ln -s ../../../etc report; cd /",
  ];
  for (const command of make) {
    const settings = SETTINGS.replace("node --test --test-reporter=tap test/", command);
    fixture = createFixture({ ".banyan/gates.yaml": settings.replace("tap }", "tap, file: report.tap }") });
    const report = await fixture.judge();
    expect(report.outcome).toBe("not_measured");
    expect(gateIn(report, "old_tests").summary).toMatch(/^On the base the command left no report; exit status 0/);
    fixture.end();
  }
});

test("J3: a hang ends with a time-out and fails", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": SETTINGS.replace("timeout_minutes: 1", "timeout_minutes: 0.05") });
  fixture.edit("src/numbers.mjs", "return a + b", "for (;;);");
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["old_tests", "new_tests"]);
  expect(found(report, "old_tests", "fault")[0]).toContain("a time-out ended the command after");
});

test("a test that fails on the base is left out and flagged; a base that cannot run is not measured", async () => {
  fixture = createFixture({
    "test/red.test.mjs":
      'import { test } from "node:test";\ntest("needs a network", () => { throw new Error("none"); });\n',
  });
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const report = await fixture.judge();
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(found(report, "old_tests", "flag")).toEqual([
    "needs a network: Left out: this test of the base fails on the base too.",
  ]);
  fixture.end();
  fixture = createFixture({
    ".banyan/gates.yaml": SETTINGS.replace("node --test --test-reporter=tap test/", "no-such-runner"),
  });
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const broken = await fixture.judge();
  expect(broken.outcome).toBe("not_measured");
  expect(gateIn(broken, "old_tests").summary).toMatch(
    /^On the base the report cannot be read as tap .*exit status 127/,
  );
});

test("a flaky test is shown, not failed; one that stays red fails", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": `${SETTINGS}limits: { memory_mb: 1024 }\n`.replace(
      "run: node --test --test-reporter=tap test/",
      'run: FIRST=1 node --test --test-reporter=tap test/\n  rerun: node --test --test-reporter=tap --test-name-pattern="$BANYAN_TEST_NAME" test/',
    ),
  });
  fixture.put(
    "test/flaky.test.mjs",
    'import { test } from "node:test";\ntest("wobbles", () => { if (process.env.FIRST) throw new Error("first"); });\n',
  );
  const report = await fixture.judge();
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(found(report, "new_tests", "flag")).toEqual([
    "wobbles: Flaky: it failed once and passed twice when it ran again.",
  ]);
});

test("when the change leaves the tests alone, both gates of tests run a red test again only once", async () => {
  fixture = createFixture();
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["old_tests", "new_tests"]);
  const runsOf = (gate: string) =>
    JSON.parse(fs.readFileSync(path.join(report.evidence, `${gate}.json`), "utf8")).runs.map(
      ({ name }: { name: string }) => name,
    );
  expect(runsOf("old_tests")).toEqual(["base", "head-with-tests-of-base", "again", "again"]);
  expect(runsOf("new_tests")).toEqual([]);
});

test("J3: commands get no file, key or network of the host, and their changes are discarded", async () => {
  const outside = path.join(fs.realpathSync("/tmp"), `banyan-gates-outside-${process.pid}`);
  process.env.BANYAN_TEST_SECRET = "secret-value";
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const build = `set -e; test -z "$BANYAN_TEST_SECRET"; sh build.sh`;
  fixture = createFixture({ ".banyan/gates.yaml": `commands: { build: '${build}' }\n`, "build.sh": "true\n" });
  fixture.put("build.sh", `echo > ${outside}; echo > made-by-build.txt\n`);
  expect((await fixture.judge()).outcome).toBe("passed");
  expect(fs.existsSync(outside)).toBe(false);
  expect(fixture.git("status", "--porcelain")).toBe("M build.sh");
  for (const hostile of [
    "echo > /usr/made",
    `node -e 'require("net").connect(${port}, "127.0.0.1")'`,
    "cat /etc/shadow",
    "echo > ../../made",
  ]) {
    fixture.put("build.sh", `${hostile}\n`);
    const report = await fixture.judge();
    expect(failedIn(report)).toEqual(["build"]);
    expect(found(report, "build", "fault")[0]).toMatch(/Ended with [12]\./);
  }
  expect(connections).toBe(0);
  server.close();
  delete process.env.BANYAN_TEST_SECRET;
});

/** Whether a sandbox works where the tests run. */
const OWN_SANDBOX = `import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

const args = ["--unshare-all", "--disable-userns", "--unshare-user", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev"];
test("confines", () => assert.equal(execFileSync("bwrap", [...args, "id", "-u"], { encoding: "utf8" }), "1000\\n"));
`;

test("tests that use a sandbox themselves run in the nested sandbox, and are left out in the strict one", async () => {
  fixture = createFixture({ "test/sandbox.test.mjs": OWN_SANDBOX });
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  expect(found(await fixture.judge(), "old_tests", "flag")).toEqual([
    "confines: Left out: this test of the base fails on the base too.",
  ]);
  fixture.put(".banyan/gates.yaml", SETTINGS.replace("tests:\n", "tests:\n  sandbox: nested\n"));
  fixture.commit();
  fixture.edit("src/numbers.mjs", "b + a", "a + b");
  const report = await fixture.judge();
  expect(report).toMatchObject({ outcome: "passed" });
  expect(gateIn(report, "old_tests").counts).toMatchObject({ tests: 4, passed: 4 });
});

test("J3: in the nested sandbox too, tests get no file, key or network of the host, and leave no process", async () => {
  process.env.BANYAN_TEST_SECRET = "secret-value";
  const server = net.createServer((socket) => socket.end("reached"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  const marker = `83.${process.pid}`;
  const outside = path.join(os.tmpdir(), `banyan-gates-nested-${process.pid}`);
  const key = path.join(os.tmpdir(), `banyan-gates-key-${process.pid}`);
  fs.writeFileSync(key, "key-value", { mode: 0o644 });
  const attempts = [
    "cat package.json",
    // A file other than package.json: in a sandbox this project is in the folder in which commands see the fixture.
    `cat ${key} /etc/shadow "$HOME/.ssh/id_rsa" ${path.resolve("biome.json")}`,
    `env | grep secret-value; cat /proc/1/environ | grep -a secret-value`,
    `exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`,
    `echo x > ${outside}; unshare -Urm sh -c "mount -o remount,rw,bind /usr && echo x > /usr/made && echo made"`,
    `setsid nohup sleep ${marker} > /dev/null 2>&1 & unshare -Urpf setsid sleep ${marker} > /dev/null 2>&1 &`,
  ];
  const settings = SETTINGS.replace("tests:\n", "tests:\n  sandbox: nested\n");
  fixture = createFixture({
    ".banyan/gates.yaml": settings.replace("run: node", "run: sh attempts.sh; node"),
    "attempts.sh": "true\n",
  });
  fixture.put(
    "attempts.sh",
    `${attempts.map((attempt) => `bash -c '${attempt}' 2>/dev/null | sed "s/^/# got /"`).join("\n")}\n`,
  );
  fixture.commit();
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const report = await fixture.judge();
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  const { runs } = JSON.parse(fs.readFileSync(path.join(report.evidence, "old_tests.json"), "utf8"));
  const log = fs.readFileSync(path.join(report.evidence, runs[0].log), "utf8");
  expect(log).toContain("# pass 3");
  expect(log.match(/^# got .*$/gm)).toEqual(['# got { "name": "numbers", "version": "1.0.0", "type": "module" }']);
  expect(fs.existsSync(outside)).toBe(false);
  expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(`sleep ${marker}\n`);
  fs.rmSync(key);
  server.close();
  delete process.env.BANYAN_TEST_SECRET;
});

test("a command passes with the base's settings, or a person has to look", async () => {
  const lint = `node -e 'const { most } = JSON.parse(require("fs").readFileSync("biome.json", "utf8")); process.exit(require("fs").readFileSync("src/numbers.mjs", "utf8").split("\\n").length > most ? 1 : 0)'`;
  fixture = createFixture({
    ".banyan/gates.yaml": `commands:\n  lint: |\n    ${lint}\n  types: "false"\n  rules: no-such-tool\noptional: [types, rules]\n`,
    "biome.json": '{ "most": 20 }\n',
  });
  fixture.edit("src/numbers.mjs", "export function isEven", `${"\n".repeat(20)}export function isEven`);
  expect(failedIn(await fixture.judge())).toEqual(["lint"]);
  fixture.put("biome.json", '{ "most": 100 }\n');
  const report = await fixture.judge();
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(found(report, "lint", "flag")).toHaveLength(1);
  expect(gateIn(report, "types")).toMatchObject({ outcome: "not_measured" });
  expect(gateIn(report, "rules").summary).toMatch(/could not be started/);
});

test("J3: git runs nothing of the repository: no hook, filter, attribute or monitor", async () => {
  fixture = createFixture({ ".gitattributes": "* filter=evil\n" });
  const marker = path.join(fixture.base, "ran");
  const script = path.join(fixture.base, "evil.sh");
  fs.writeFileSync(script, `#!/bin/sh\ntouch ${marker}\ncat\n`, { mode: 0o755 });
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  for (const key of [
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "core.fsmonitor",
    "core.sshCommand",
    "diff.external",
  ])
    fixture.git("config", key, script);
  for (const hook of ["post-checkout", "post-index-change", "reference-transaction"])
    fs.copyFileSync(script, path.join(fixture.folder, ".git/hooks", hook));
  expect((await fixture.judge()).outcome).toBe("passed");
  expect((await fixture.judge({ base: "main", head: "main" })).outcome).toBe("passed");
  expect(fs.existsSync(marker)).toBe(false);
});

test("a wrong folder, revision or setting is refused with one sentence", async () => {
  fixture = createFixture();
  await expect(fixture.judge({ folder: path.join(fixture.base, "none") })).rejects.toThrow(/^There is no folder /);
  await expect(fixture.judge({ folder: "/" })).rejects.toThrow(/is not in a git repository/);
  await expect(fixture.judge({ base: "--output=x" })).rejects.toThrow(/has no commit "--output=x"/);
  fixture.put(".banyan/gates.yaml", `guarded: ["${"{a,b}".repeat(10)}"]\n`);
  await expect(fixture.judge()).rejects.toThrow(/: guarded\.0 is wrong \(this pattern is not valid/);
  fixture.put(".banyan/gates.yaml", "testss: {}\n");
  await expect(fixture.judge()).rejects.toThrow(/^\.banyan\/gates.yaml of the change: /);
  fixture.commit();
  await expect(fixture.judge()).rejects.toThrow(/^\.banyan\/gates.yaml of the base: /);
});

test("a linked worktree and ignored files: what git would commit is judged", async () => {
  fixture = createFixture({ ".gitignore": "out/\n*.log\n", "kept.log": "tracked\n" });
  fixture.git("add", "-f", "kept.log");
  fixture.git("commit", "-q", "-m", "Kept");
  const linked = path.join(fixture.base, "linked");
  execFileSync("git", ["-C", fixture.folder, "worktree", "add", "-q", linked], { stdio: "pipe" });
  fs.mkdirSync(path.join(linked, "out"));
  fs.writeFileSync(path.join(linked, "out/x"), "x");
  fs.writeFileSync(path.join(linked, "kept.log"), "changed\n");
  fs.writeFileSync(path.join(linked, "other.log"), "x");
  // Only git's own rules count.
  fs.writeFileSync(path.join(linked, ".ignore"), "hidden.mjs\n");
  fs.writeFileSync(path.join(linked, "hidden.mjs"), "x\n");
  const report = await fixture.judge({ folder: linked, only: ["scope"] });
  expect(gateIn(report, "scope").counts.changed).toBe(3);
});
