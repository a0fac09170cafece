import { expect, test } from "vitest";
import { fixture } from "../testing/fixture";
import { checkClasses } from "./classes";
import { faultLine } from "./fault";
import { readSources } from "./sources";

const SHEETS = {
  "app/globals.css":
    '@import "tailwindcss" source(none);\n@import "./styles/tokens.css";\n@import "./prose.css" layer(components);\n',
  "app/styles/tokens.css":
    "@theme static {\n  --color-*: initial;\n  --color-ink: #1a1a18;\n}\n@custom-variant phone (@media (max-width: 720px));\n@utility stack {\n  display: grid;\n}\n",
  "app/prose.css": "/* not .gone */\n.md p {\n  margin: 0;\n}\n",
};

const check = async (files: Record<string, string>) =>
  (await checkClasses(readSources(fixture({ ...SHEETS, ...files })))).map(faultLine);
const unknown = async (files: Record<string, string>) =>
  (await check(files)).map((line) => /^(\S+): the class `(.+)` has/.exec(line)?.slice(1).join(" ") ?? line);

test("accepts utilities, variants, marks and classes of the project's style sheets", async () => {
  const names =
    "flex phone:gap-2 -mt-1 text-ink/50 stack md group/row group-hover/row:underline [&_p]:mb-[3px] w-[calc(100%-2px)] px-0!";
  expect(await check({ "app/a.tsx": `export const A = () => <p className="${names}" />;\n` })).toEqual([]);
});

test("finds a class without a style and says what to do", async () => {
  expect(await check({ "app/a.tsx": '\nexport const A = () => <p className="flex text-inc" />;\n' })).toEqual([
    "app/a.tsx:2: the class `text-inc` has no style: neither Tailwind with app/styles/tokens.css " +
      "nor a style sheet of the project defines it. Correct or delete it",
  ]);
});

test.each([
  ["a colour that the tokens do not have", '"text-red-500"', "text-red-500"],
  ["an unknown variant", '"tablet:flex"', "tablet:flex"],
  ["a class that only a comment names", '"gone"', "gone"],
  ["a branch", 'isOn ? "flex" : "flexx"', "flexx"],
  ["a class after a comparison", 'kind === "none" && "flexx"', "flexx"],
  ["a part of a template", `\`flexx \${more} text-\${size} md\``, "flexx"],
  ["a list", '["flex", isOn && "flexx"].filter(Boolean).join(" ")', "flexx"],
])("%s: %s", async (_, code, name) => {
  const text = `export const A = ({ isOn, kind, more, size }: Props) => <p className={${code}} />;\n`;
  expect(await unknown({ "components/a.tsx": text })).toEqual([`components/a.tsx:1 ${name}`]);
});

test("follows constants, tables, functions and attributes to their texts", async () => {
  const styles = `export const ROW = "flex rowx";
const LOOKS = { good: { text: "text-ink goodx", word: "Went well" } };
export function lookOf(look: "good", more = "") {
  const { text: shown } = LOOKS[look];
  return \`\${shown} \${more}\`;
}
`;
  const page = `import { ROW, lookOf } from "@/components/looks";
function Box({ ground, label }: { ground: string; label: string }) {
  return <p className={\`\${ROW} \${ground}\`}>{label}</p>;
}
export const A = () => (
  <Box ground="flex groundx" label="not a class" />
);
export const B = () => <p className={lookOf("good", "morex")} />;
`;
  const found = await unknown({ "components/looks.ts": styles, "app/a.tsx": page });
  expect(found.sort()).toEqual([
    "app/a.tsx:6 groundx",
    "app/a.tsx:8 morex",
    "components/looks.ts:1 rowx",
    "components/looks.ts:2 goodx",
  ]);
});

test("checks no classes in a project without style sheets", async () => {
  const root = fixture({ "app/a.tsx": 'export const A = () => <p className="anything" />;\n' });
  expect(await checkClasses(readSources(root))).toEqual([]);
});
