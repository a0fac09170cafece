/** Templates and folders of blueprints may be a stranger's. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readBlueprint, readParts } from "./read";
import { formatted, render } from "./render";

const FACTS = { name: "shop", parts: ["docker"], variables: { port: 80 } };

test.each([
  ['{% include "/etc/passwd" %}'],
  ['{% render "../secret" %}'],
  ["{{ variables.constructor.constructor }}"],
  ["{{ name.__proto__ }}"],
  ["{{ unknown }}"],
  ["{{ name | unknown }}"],
  ["{% if %}"],
  ["{% for a in (1..99999999) %}{% for b in (1..99999999) %}x{% endfor %}{% endfor %}"],
])("the template %s is refused", (template) => {
  expect(() => render("a.liquid", template, FACTS)).toThrow("The template a.liquid has a fault");
});

test("a template asks for facts", () => {
  const template = '{{ name }} on {{ variables.port }}{% if parts contains "docker" %}, in an image{% endif %}';
  expect(render("a.liquid", template, FACTS)).toBe("shop on 80, in an image");
});

test("imports are sorted as the linter wants them", async () => {
  const sources = ["./b.ts", "../a.ts", "ajv-formats", "ajv/dist/2020.js", "node:fs", "./b-c.ts"];
  const code = await formatted(`${sources.map((from, at) => `import { x${at} } from "${from}";`).join("\n")}\nx0()`);
  const order = [...code.matchAll(/from "(.*)"/g)].map((match) => match[1]);
  expect(order).toEqual(["node:fs", "ajv/dist/2020.js", "ajv-formats", "../a.ts", "./b.ts", "./b-c.ts"]);
});

test("a link among the files of a part is refused, because it would bring in a file from elsewhere", () => {
  const root = mkdtempSync(path.join(tmpdir(), "banyan-blueprint-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const part = path.join(root, "parts/mine");
  mkdirSync(path.join(part, "files"), { recursive: true });
  writeFileSync(path.join(part, "part.yaml"), "name: mine\nversion: 1\nsummary: Mine.\n");
  expect(readParts(root).get("mine")?.described.name).toBe("mine");
  symlinkSync("/etc/passwd", path.join(part, "files/a.txt"));
  expect(() => readParts(root)).toThrow("is no plain file");
});

test("blueprints that extend each other in a circle are refused", () => {
  const root = mkdtempSync(path.join(tmpdir(), "banyan-blueprint-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, base] of [
    ["one", "two"],
    ["two", "one"],
  ] as const) {
    mkdirSync(path.join(root, name));
    writeFileSync(
      path.join(root, name, "blueprint.yaml"),
      `name: ${name}\nversion: 1\nsummary: It.\nextends: ${base}\n`,
    );
  }
  expect(() => readBlueprint(path.join(root, "one"))).toThrow("or of a circle");
});
