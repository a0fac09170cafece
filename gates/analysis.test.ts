import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createFixture, type Fixture, failedIn, found, gateIn } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture?.end());

const only = { only: ["analysis"] };

/** A small analysis: "error(" and "warn(" in src/ are results, and "// ok" at the end of a line suppresses one. */
const TOOL = `import fs from "node:fs";
const results = fs.readdirSync("src").flatMap((name) =>
  fs.readFileSync("src/" + name, "utf8").split("\\n").flatMap((text, at) => {
    const level = /error\\(/.test(text) ? "error" : /warn\\(/.test(text) ? "warning" : null;
    const place = { artifactLocation: { uri: "src/" + name }, region: { startLine: at + 1 } };
    const more = text.endsWith("// ok") ? { suppressions: [{ kind: "inSource" }] } : {};
    return level ? [{ ruleId: level, level, message: { text: "Bad call." }, locations: [{ physicalLocation: place }], ...more }] : [];
  }));
const run = { tool: { driver: { name: "calls" } }, results };
fs.writeFileSync("out.sarif", JSON.stringify({ version: "2.1.0", runs: [run] }));
process.exit(results.length > 0 ? 1 : 0);
`;
const settings = (more = "{ run: node checks/tool.mjs, report: out.sarif }") =>
  `test_side: ["checks/**"]\nanalysis:\n  - ${more}\n`;

test("a new error is a fault, a new warning a flag, and what the base has is known, also where it moved", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": settings(),
    "checks/tool.mjs": TOOL,
    "src/old.mjs": "error(1);\nwarn(1); // ok\n",
  });
  fixture.put("src/old.mjs", "\n\nerror(1);\nwarn(1); // ok\nwarn(2);\nerror(3); // ok\n");
  fixture.put("src/new.mjs", "error(2);\n");
  const report = await fixture.judge(only);
  expect(gateIn(report, "analysis")).toMatchObject({
    summary: "calls: 5 results, 3 new, 2 of them errors.",
    counts: { results: 5, new: 3 },
  });
  expect(found(report, "analysis", "fault")).toEqual([
    "src/new.mjs:1: calls error: Bad call.",
    "src/old.mjs:6: calls error: Bad call. The change suppresses it, and the base does not.",
  ]);
  expect(found(report, "analysis", "flag")).toEqual(["src/old.mjs:5: calls warning: Bad call."]);
});

test("the base's own tool judges, and a tool that is missing or breaks is not measured", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": settings(), "checks/tool.mjs": TOOL });
  fixture.put("src/new.mjs", "error(2);\n");
  fixture.put("checks/tool.mjs", "");
  expect(failedIn(await fixture.judge(only))).toEqual(["analysis"]);
  fixture.put("src/new.mjs", "warn(2);\n");
  expect(gateIn(await fixture.judge(only), "analysis").outcome).toBe("passed");
  fixture.put(".banyan/gates.yaml", settings("{ run: no-such-tool, report: out.sarif }"));
  fixture.commit();
  const missing = await fixture.judge(only);
  expect(missing.outcome).toBe("not_measured");
  expect(gateIn(missing, "analysis").summary).toMatch(
    /^On the base, the command left no report \(last line: .*no-such-tool/,
  );
  // A fault of one tool counts although another one is missing.
  fixture.put(".banyan/gates.yaml", `${settings()}  - { run: no-such-tool, report: other.sarif }\n`);
  fixture.put("checks/tool.mjs", TOOL);
  fixture.commit();
  expect(gateIn(await fixture.judge(only), "analysis").outcome).toBe("not_measured");
  fixture.put("src/bad.mjs", "error(9);\n");
  expect(failedIn(await fixture.judge(only))).toEqual(["analysis"]);
});

test("a report that was written before: compared with one of the base, or by the added lines", async () => {
  const reportOf = (...lines: number[]) => {
    const results = lines.map((startLine) => ({
      ruleId: "r",
      level: "error",
      message: { text: "Bad." },
      locations: [{ physicalLocation: { artifactLocation: { uri: "src/a.mjs" }, region: { startLine } } }],
    }));
    return JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "scan" } }, results }] });
  };
  fixture = createFixture({
    ".banyan/gates.yaml": settings("{ report: scan.sarif }"),
    ".gitignore": "*.sarif\n",
    "src/a.mjs": "one();\n",
  });
  fixture.put("src/a.mjs", "one();\ntwo();\n");
  expect(gateIn(await fixture.judge(only), "analysis")).toMatchObject({
    outcome: "not_measured",
    summary: "There is no scan.sarif.",
  });
  fixture.put("scan.sarif", reportOf(1));
  expect(gateIn(await fixture.judge(only), "analysis").outcome).toBe("passed");
  fixture.put("scan.sarif", reportOf(1, 2));
  expect(found(await fixture.judge(only), "analysis", "fault")).toEqual(["src/a.mjs:2: scan r: Bad."]);
  // It runs nothing, so it needs no sandbox.
  const { PATH } = process.env;
  try {
    process.env.PATH = fixture.base;
    expect(failedIn(await fixture.judge(only))).toEqual(["analysis"]);
  } finally {
    process.env.PATH = PATH;
  }
  fixture.put(".banyan/gates.yaml", settings("{ report: scan.sarif, base_report: before.sarif }"));
  fixture.commit();
  expect(gateIn(await fixture.judge(only), "analysis").outcome).toBe("not_measured");
  fixture.put("before.sarif", reportOf(2));
  expect(found(await fixture.judge(only), "analysis", "fault")).toEqual(["src/a.mjs:1: scan r: Bad."]);
  // A report in the repository could be the work of who made the change.
  fs.rmSync(path.join(fixture.folder, ".gitignore"));
  expect(gateIn(await fixture.judge(only), "analysis").summary).toMatch(
    /^scan\.sarif is one of the repository's files/,
  );
});
