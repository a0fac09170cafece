/** Templates and folders of blueprints may be a stranger's. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { blueprintNames, readBlueprint, readParts } from "./read";
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

function rootWithPart(): string {
  const root = mkdtempSync(path.join(tmpdir(), "banyan-blueprint-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, "parts/mine"), { recursive: true });
  writeFileSync(path.join(root, "parts/mine/part.yaml"), "name: mine\nversion: 1\nsummary: Mine.\n");
  writeFileSync(path.join(root, "blueprint.yaml"), "name: one\nversion: 1\nsummary: It.\n");
  return root;
}

test("a link among the files of a part is refused, because it would bring in a file from elsewhere", () => {
  const root = rootWithPart();
  mkdirSync(path.join(root, "parts/mine/files"));
  expect(readParts(root).get("mine")?.described.name).toBe("mine");
  symlinkSync("/etc/passwd", path.join(root, "parts/mine/files/a.txt"));
  expect(() => readParts(root)).toThrow("is no plain file");
});

test("a link in the place of any folder or file of a blueprint is refused", () => {
  const [root, elsewhere] = [rootWithPart(), rootWithPart()];
  mkdirSync(path.join(elsewhere, "files"));
  writeFileSync(path.join(elsewhere, "files/secret"), "secret");
  const linked = (name: string, to: string) => {
    rmSync(path.join(root, name), { recursive: true, force: true });
    symlinkSync(path.join(elsewhere, to), path.join(root, name));
  };
  linked("parts/mine/files", "files");
  expect(() => readParts(root)).toThrow(`${root}/parts/mine/files is no plain file`);
  linked("parts/mine/part.yaml", "parts/mine/part.yaml");
  expect(() => readParts(root)).toThrow("part.yaml cannot be read");
  linked("parts", "parts");
  expect(() => readParts(root)).toThrow(`${root}/parts is no plain file`);
  linked("files", "files");
  expect(() => readBlueprint(root)).toThrow(`${root}/files is no plain file`);
  linked("here", "");
  expect(() => readBlueprint(path.join(root, "here"))).toThrow(`${root}/here is no plain file`);
  expect(() => blueprintNames(path.join(root, "here"))).toThrow(`${root}/here is no plain file`);
  writeFileSync(path.join(root, "blueprint.yaml"), "name: one\nversion: 1\nsummary: It.\nextends: two\n");
  rmSync(path.join(root, "files"));
  linked("bases", "");
  expect(() => readBlueprint(root, [root])).toThrow(`${root}/bases is no plain file`);
});

const PIPES = `
import { blueprintNames, readBlueprint, readParts } from "./lib/blueprints/read.ts";
const said = (read) => { try { read(); } catch (error) { return error.message; } };
const [root] = process.argv.slice(1);
console.log(said(() => readBlueprint(root)));
console.log(said(() => readParts(root)));
`;

test("nobody waits for a pipe in the place of a file", () => {
  const root = rootWithPart();
  for (const file of ["blueprint.yaml", "parts/mine/part.yaml"]) {
    rmSync(path.join(root, file));
    execFileSync("mkfifo", [path.join(root, file)]);
  }
  const node = ["--import", "tsx", "--input-type=module", "-e", PIPES, root];
  const said = execFileSync(process.execPath, node, { encoding: "utf8", timeout: 30_000 });
  expect(said.match(/cannot be read/g)?.length, said).toBe(2);
}, 40_000);

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
