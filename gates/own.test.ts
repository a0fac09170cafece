import { afterEach, expect, test } from "vitest";
import { GATE_NAMES } from "@/core/shapes/improving/gates";
import { GATES } from "./checks/gates";
import { GatesError } from "./model/errors";
import { readSettings } from "./model/settings";
import { createFixture, type Fixture, found, gateIn, SETTINGS } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture?.end());

/** A repository whose settings have these commands, as YAML. */
function withCommands(...lines: string[]): void {
  fixture = createFixture({
    ".banyan/gates.yaml": `${SETTINGS}commands:\n${lines.map((line) => `  ${line}\n`).join("")}`,
  });
}

test("a repository's own command is a gate with its own name", async () => {
  withCommands("greets: grep -q greeting src/greeting.txt");
  fixture.put("src/greeting.txt", "a greeting");
  fixture.commit();
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const good = await fixture.judge({ only: ["scope", "greets"] });
  expect(good.gates.map(({ gate, outcome }) => `${gate} ${outcome}`)).toEqual(["scope passed", "greets passed"]);
  fixture.put("src/greeting.txt", "nothing");
  const bad = await fixture.judge({ only: ["greets"] });
  expect(gateIn(bad, "greets")).toMatchObject({ outcome: "failed", required: true });
  expect(found(bad, "greets", "fault")).toEqual(["null: Ended with 1."]);
  fixture.commit();
  const old = await fixture.judge({ only: ["greets"] });
  expect(gateIn(old, "greets")).toMatchObject({
    outcome: "not_measured",
    summary: expect.stringContaining("base too"),
  });
  await expect(fixture.judge({ only: ["greeting"] })).rejects.toThrow(/^There is no gate "greeting"; .*, greets\.$/);
});

test("a command sees both base and change, cannot write to the base, and names its findings", async () => {
  const check = `import fs from "node:fs";
const base = process.env.BANYAN_BASE;
let problem = "";
try { fs.writeFileSync(base + "/written", ""); problem = "It wrote into the base."; } catch {}
const [old, own] = [base, "."].map((folder) => fs.readFileSync(folder + "/src/list.txt", "utf8").trim().split("\\n"));
const gone = old.filter((line) => !own.includes(line)).map((line) => ({ kind: "fault", text: line + " is gone", path: "src/list.txt", line: 1 }));
const added = own.filter((line) => !old.includes(line)).map((line) => ({ kind: "flag", text: line + " is new" }));
fs.writeFileSync("found.json", JSON.stringify([...gone, ...added, ...(problem ? [{ kind: "fault", text: problem }] : [])]));
`;
  withCommands('kept: { run: node "$BANYAN_BASE/kept.mjs", with_base: true, findings: found.json }');
  fixture.put("kept.mjs", check);
  fixture.put("src/list.txt", "one\ntwo\n");
  fixture.commit();
  // The base's program judges, and a report that the change brings is not read.
  fixture.put("kept.mjs", "");
  fixture.put("found.json", "[]");
  fixture.put("src/list.txt", "one\nthree\n");
  const report = await fixture.judge({ only: ["kept"] });
  expect(gateIn(report, "kept").outcome).toBe("failed");
  expect(found(report, "kept", "fault")).toEqual(["src/list.txt:1: two is gone"]);
  expect(found(report, "kept", "flag")).toEqual(["null: three is new"]);
  fixture.put("src/list.txt", "one\ntwo\nthree\n");
  expect(gateIn(await fixture.judge({ only: ["kept"] }), "kept").outcome).toBe("passed");
});

test.each(["links", "mount"])("both the base and the change have the packages, also as %s", async (form) => {
  const commands = "commands:\n  both: { run: sh both.sh, with_base: true }\n";
  fixture = createFixture({ ".banyan/gates.yaml": `${SETTINGS}packages_as: ${form}\n${commands}` });
  fixture.put(".gitignore", "node_modules\n");
  fixture.put("left.mjs", 'import left from "left";\nif (left !== 7) throw new Error("wrong");\n');
  fixture.put("both.sh", "exit 1\n");
  fixture.commit();
  fixture.put("node_modules/left/package.json", '{ "name": "left", "main": "index.js" }');
  fixture.put("node_modules/left/index.js", "module.exports = 7;\n");
  fixture.put(
    "both.sh",
    'node left.mjs && cp -R "$BANYAN_BASE" copy && node copy/left.mjs && node "$BANYAN_BASE/left.mjs"\n',
  );
  expect(gateIn(await fixture.judge({ only: ["both"] }), "both")).toMatchObject({ outcome: "passed" });
});

test("a missing list of findings is a fault; if it is missing on the base too, the gate is not measured", async () => {
  withCommands("kept: { run: cp src/found.json found.json || true, findings: found.json }");
  fixture.put("src/found.json", "[]");
  fixture.commit();
  fixture.put("src/found.json", "no list");
  const report = await fixture.judge({ only: ["kept"] });
  expect(found(report, "kept", "fault")).toEqual(["null: The command ended with 0 without its file of findings."]);
  fixture.commit();
  expect(gateIn(await fixture.judge({ only: ["kept"] }), "kept")).toMatchObject({
    outcome: "not_measured",
    summary: expect.stringContaining("base too"),
  });
});

test("lines that a command writes on the base must be there on the change; new ones are flags", async () => {
  const command = "cat src/said.txt > out.txt";
  withCommands(`said: { run: ${command}, same_lines: out.txt }`);
  fixture.put("src/said.txt", "begins\nworks\nends\n");
  fixture.commit();
  const same = await fixture.judge({ only: ["said"] });
  expect(gateIn(same, "said")).toMatchObject({ outcome: "passed", counts: { lines: 3, gone: 0, added: 0 } });
  fixture.put("src/said.txt", "begins\nends\nmore\n");
  const changed = await fixture.judge({ only: ["said"] });
  expect(gateIn(changed, "said")).toMatchObject({ outcome: "failed", counts: { gone: 1, added: 1 } });
  expect(found(changed, "said", "fault")).toEqual(["null: Gone: works"]);
  expect(found(changed, "said", "flag")).toEqual(["null: New: more"]);
  fixture.put("src/said.txt", "begins\nworks\nends\nmore\n");
  expect(gateIn(await fixture.judge({ only: ["said"] }), "said").outcome).toBe("passed");
});

test("output that differs from run to run on the base is not measured", async () => {
  withCommands("said: { run: head -c 20 /dev/urandom | od -An -tx1 > out.txt, same_lines: out.txt }");
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const report = await fixture.judge({ only: ["said"] });
  expect(gateIn(report, "said")).toMatchObject({ outcome: "not_measured" });
  expect(report.outcome).toBe("not_measured");
});

test("names and settings of own gates are checked, and each may stay unmeasured", () => {
  const read = (text: string) => readSettings(text, "the base");
  expect(read("commands: { data: make data }\noptional: [data]").commands.data).toMatchObject({ run: "make data" });
  const wrong = [
    ["commands: { Data: make }", /name a gate of your own/],
    ["commands: { old_tests: make }", /name a gate of your own/],
    ["commands: { data: { run: make, same_lines: ../x } }", /commands\.data/],
    ["commands: { data: { run: make, same_lines: a, with_base: true } }", /commands\.data/],
    ["commands: { lint: { run: make, with_base: true } }", /only gates of your own/],
    ["optional: [data]", /there is no such gate/],
  ] as const;
  for (const [text, said] of wrong) {
    expect(() => read(text)).toThrow(GatesError);
    expect(() => read(text)).toThrow(said);
  }
});

const MISSING = `commands:
  build: no-such-tool
  types: no-such-tool
  lint: no-such-tool
  rules: no-such-tool
  own: no-such-tool
  compared: { run: no-such-tool, same_lines: out.txt }
  beside: { run: no-such-tool, with_base: true, findings: out.json }
tests:
  run: no-such-tool
  report: { format: tap }
analysis: [{ run: no-such-tool, report: out.sarif }]
black_box: { run: no-such-tool, report: { format: tap } }
coverage: { run: no-such-tool, report: { format: lcov, file: lcov.info } }
gap_tests: {}
bench: { run: no-such-tool, rounds: 2 }
licences: { allow: [MIT] }
vulnerabilities: { hosts: [registry.example.com] }
complexity: {}
documentation: {}
`;
/** Gates that only read files, with parts that are built in. */
const NEEDS_NO_TOOL = ["scope", "oddities", "dependencies", "complexity", "documentation"];

function withMissingTools(): void {
  const lock = (packages: object) =>
    `${JSON.stringify({ name: "numbers", version: "1.0.0", lockfileVersion: 3, packages })}\n`;
  const root = { name: "numbers", version: "1.0.0" };
  fixture = createFixture({ ".banyan/gates.yaml": MISSING, "package-lock.json": lock({ "": root }) });
  fixture.edit("test/numbers.test.mjs", "sum(2, 3)", "sum(3, 2)");
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const absent = {
    version: "1.0.0",
    resolved: "https://registry.example.com/absent-1.0.0.tgz",
    integrity: "sha512-AAAA",
  };
  fixture.put(
    "package-lock.json",
    lock({ "": { ...root, dependencies: { absent: "1.0.0" } }, "node_modules/absent": absent }),
  );
}

test("a missing tool is not measured, in every gate that needs one", async () => {
  withMissingTools();
  const report = await fixture.judge();
  const outcomes = Object.fromEntries(report.gates.map(({ gate, outcome }) => [gate, outcome]));
  expect(Object.keys(outcomes).sort()).toEqual([...GATE_NAMES, "own", "compared", "beside"].sort());
  for (const name of NEEDS_NO_TOOL) delete outcomes[name];
  expect(new Set(Object.values(outcomes))).toEqual(new Set(["not_measured"]));
});

test("without the sandbox no gate that runs commands passes", async () => {
  withMissingTools();
  const { PATH } = process.env;
  try {
    process.env.PATH = fixture.base;
    const report = await fixture.judge({
      only: [...GATES.filter((gate) => gate.needsSandbox).map(({ name }) => name), "own", "compared", "beside"],
    });
    expect(new Set(report.gates.map(({ outcome }) => outcome))).toEqual(new Set(["not_measured"]));
    expect(report.gates.length).toBeGreaterThan(12);
  } finally {
    process.env.PATH = PATH;
  }
});
