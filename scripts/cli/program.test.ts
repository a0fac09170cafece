import { readdirSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "./program";

test("docs/command-line.md describes every command", () => {
  const { commands } = createProgram(async () => {});
  const names = commands.map((command) => command.name());
  const described = readFileSync("docs/command-line.md", "utf8");
  expect(names.filter((name) => !new RegExp(`\`${name}[\` ]`).test(described))).toEqual([]);
});

const program = createProgram(async () => {});
const commandAt = (...words: string[]): Command | undefined =>
  words.reduce<Command | undefined>((at, word) => at?.commands.find((one) => one.name() === word), program);

const RUN =
  "--agent --runbook --workspace --max-cost-usd --max-tokens --max-depth --max-tasks --max-minutes --model --priority --stepping --detach --project --pool";
const GOAL =
  "--check --criterion --mode --threshold --max-iterations --max-minutes --protect --executor --file --scope --hidden --workspace --max-cost-usd --model --detach --project --pool";
/** The contract with programs that call the command line: commands, their arguments and flags. Add to it freely, and take nothing away. */
const CONTRACT: [command: string, args: string, flags: string][] = [
  ["serve", "", "--port --host --role"],
  ["run", "task", RUN],
  ["trees", "", "--project"],
  ["tree", "id", ""],
  ["log", "task", "--follow"],
  ["steer", "id message", ""],
  ["answer", "item text", ""],
  ["pause", "id", ""],
  ["resume", "id", "--detach"],
  ["step", "task", ""],
  ["stop", "id", ""],
  ["retry", "task", ""],
  ["fork", "task", "--at --instruction --model --agent"],
  ["grant", "id", "--add-usd --add-tokens"],
  ["delete", "tree", ""],
  ["reviews", "", "--open"],
  ["approve", "item", ""],
  ["reject", "item", "--reason"],
  ["agents", "verb name", ""],
  ["documents", "verb name", ""],
  ["tools", "verb name", ""],
  ["token", "verb", "--role"],
  ["backup", "file", ""],
  ["restore", "file", ""],
  ["doctor", "", ""],
  ["seed", "", ""],
  ["migrate", "", ""],
  ["goal", "goal", GOAL],
  ["goals", "", ""],
  ["rounds", "tree", ""],
  ["continue", "tree message", ""],
  ["files", "tree path", "--out"],
  ["diff", "tree", "--from"],
  ["apply", "tree", "--branch"],
  ["models", "", "--provider"],
  ["gates", "folder", "--sarif --junit --github"],
  ["releases", "verb n", ""],
  ["self", "verb", ""],
  ["upgrade", "", ""],
  ["launcher", "verb", ""],
  ["mcp", "", ""],
  ["acp", "", ""],
  ["capabilities", "need", ""],
  ["schedule", "verb target", "--project"],
  ["proof", "tree", "--out --link"],
  ["lessons", "need target", "--project"],
  ["learn", "tree", ""],
  ["project", "verb target", "--check --forge"],
  ["insights", "project", "--report"],
  ["evolve", "project", "--max-cycles"],
  ["service new", "requirement", "--openapi --entities --blueprint --with --workspace"],
  ["service env", "verb", ""],
  ["service promote", "", ""],
  ["service rollback", "", ""],
  ["blueprints", "", ""],
  ["kpis", "", "--project --from"],
  ["usage", "", ""],
  ["report", "month", ""],
  ["runner", "", "--nats --pool --slots"],
  ["runner credentials", "name", ""],
  ["runner drain", "name", ""],
  ["clean", "", "--older-than --preview"],
  ["archive", "trees", ""],
];

test.each(CONTRACT)("the command `%s` has the arguments (%s) and flags (%s) of the contract", (name, args, flags) => {
  const command = commandAt(...name.split(" "));
  const known = command?.options.map(({ long }) => long);
  expect(known).toEqual(expect.arrayContaining(["--json", "--data", ...flags.split(" ").filter(Boolean)]));
  expect(command?.registeredArguments.length).toBeGreaterThanOrEqual(args.split(" ").filter(Boolean).length);
});

const HINT = /(?:npx banyan|`banyan|: banyan) ([a-z][a-z-]*)/g;
/** Texts for ciphers, which begin like a hint. */
const NO_HINTS = ["lib/auth/google.ts: `banyan sign-in", "lib/secrets/cipher.ts: `banyan secret"];

test("every command that a hint or a document names is there", () => {
  const folders = ["agents", "app", "components", "core", "docs", "gates", "launcher", "lib", "scripts", "server"];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  const read = ["README.md", ...files].filter((file) => /\.(tsx?|mjs|md)$/.test(file) && !/\.test\.tsx?$/.test(file));
  const unknown = read.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(HINT)]
      .filter(([, word = ""]) => commandAt(word) === undefined)
      .map(([text]) => `${file}: ${text}`),
  );
  expect(unknown.filter((text) => !NO_HINTS.includes(text))).toEqual([]);
});
