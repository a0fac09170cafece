import { readdirSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { verbsOf } from "./context/define";
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

const all = [...program.commands, ...program.commands.flatMap(({ commands }) => commands)];
const withVerbs = all.filter(({ registeredArguments }) => registeredArguments.some((one) => one.name() === "verb"));

test.each(withVerbs.map((command) => [command.name(), command] as const))(
  "every flag of %s says of which verbs it is",
  (_, command) => {
    const flags = command.options.filter(({ long }) => long !== "--json" && long !== "--data");
    expect(flags.filter((flag) => verbsOf(flag) === undefined).map(({ long }) => long)).toEqual([]);
  },
);

/** Runs a command without its code; resolves with what refuses it, or "begun". */
async function parsed(words: string[]): Promise<string> {
  const begun: string[] = [];
  const one = createProgram(async () => void begun.push("begun"));
  const refused = await one.parseAsync(words, { from: "user" }).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
  return begun[0] ?? refused;
}

const ADD = ["add", "-"];
test.each<[string[], string]>([
  [
    ["evolve", "shop", "--cycle-usd", "0.5"],
    "--cycle-usd belongs to `banyan evolve PROJECT rules`, not to `banyan evolve PROJECT`.",
  ],
  [["evolve", "shop", "--path", "docs/**"], "--path belongs to"],
  [["evolve", "shop", "rules", "--max-cycles", "3"], "--max-cycles belongs to `banyan evolve PROJECT`, not to"],
  [["evolve", "shop", "--max-cycles", "3"], "begun"],
  [["evolve", "shop", "rules", "--no-quiet"], "begun"],
  [["improve", "now", "--cap-usd", "1"], "--cap-usd belongs to `banyan improve`"],
  [["improve", "--hour", "3"], "begun"],
  [["limits", "--max", "90"], "--max belongs to `banyan limits set`, not to `banyan limits`."],
  [["rules", "--tool", "use_terminal"], "--tool belongs to `banyan rules add`, not to `banyan rules`."],
  [["models", "--provider", "ollama"], "begun"],
  [["models", "set", "a/b", "--refresh"], "--refresh belongs to `banyan models list`"],
  [["webhooks", ...ADD, "--url", "x"], "--url belongs to `banyan webhooks change`"],
  [["schedule", "Do it", "--cron", "@daily", "--max-cost-usd", "1"], "begun"],
  [
    ["schedule", "run", "abc", "--max-cost-usd", "1"],
    "--max-cost-usd belongs to `banyan schedule add` and `banyan schedule change`",
  ],
  [["lessons", "read a zip", "--project", "shop"], "begun"],
  [
    ["lessons", "approve", "abc", "--project", "shop"],
    "--project belongs to `banyan lessons list` and `banyan lessons NEED`",
  ],
  [["service", "env", "down", "abc", "--branch", "main"], "--branch belongs to `banyan service env up`"],
  [["service", "promotions", "shop", "--reason", "x"], "--reason belongs to `banyan service promotions reject`"],
  [["project", "remove", "shop", "--forge", "x"], "--forge belongs to `banyan project add`"],
])("a verb refuses the flags of others: %j", async (words, says) => {
  expect(await parsed(words)).toContain(says);
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

test("--version prints the version alone", async () => {
  const printed: string[] = [];
  const own = createProgram(async () => {}, "1.2.3").exitOverride();
  own.configureOutput({ writeOut: (text) => void printed.push(text) });
  await expect(own.parseAsync(["--version"], { from: "user" })).rejects.toMatchObject({ exitCode: 0 });
  expect(printed).toEqual(["1.2.3\n"]);
});
