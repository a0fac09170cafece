import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { banyan, buildPrograms, commandOf, dataFolder, startBanyan, withTree } from "../testing/command-line";

buildPrograms();

test("wrong usage and configuration exit with 2 and print one sentence, without a stack trace", async () => {
  const { data, tree } = await withTree();
  const damaged = dataFolder();
  writeFileSync(path.join(damaged, "banyan.db"), "this is no database".repeat(1_000));
  const newer = dataFolder();
  await banyan(["migrate", "--data", newer]);
  new Database(path.join(newer, "banyan.db"))
    .exec("INSERT INTO facts (name, value) VALUES ('data_level', '99')")
    .close();
  const file = path.join(data, "file");
  writeFileSync(file, "");
  const at = ["--data", data];
  const cases: [string[], string, (string | Buffer)?][] = [
    [["run", "", ...at], "The task is empty"],
    [["run", ...at], "The task is empty"],
    [["run", "-", ...at], "longer than 1 MB", Buffer.alloc(50_000_000, "a")],
    [["run", "-", ...at], "not UTF-8 text", Buffer.from([0x61, 0xff, 0xfe])],
    [["run", "x", "--agent", "nobody", ...at], "There is no agent nobody. Agents: agent_selector"],
    [["run", "x", "--runbook", "nothing", ...at], "There is no runbook nothing. Runbooks: canary, dependency-check"],
    [["run", "x", "--agent", "worker", "--runbook", "dependency-check", ...at], "not both"],
    [["run", "x", "--workspace", "/no/such/folder", ...at], "does not exist"],
    [["run", "x", "--workspace", file, ...at], "is not a folder"],
    [["run", "x", "--workspace", data, ...at], "Banyan's own data folder"],
    [["run", "x", "--model", "gpt", ...at], "There is no model gpt"],
    [["run", "x", "--max-tokens", "many", ...at], "--max-tokens cannot be"],
    [["run", "x", "--max-cost-usd", "0", ...at], "--max-cost-usd cannot be"],
    [["run", "x", "--max-cost-usd", "99999999999999", ...at], "The cap on cost cannot be"],
    [["run", "x", "--priority", "1.5", ...at], "--priority cannot be"],
    [["run", "x", "--stepping", "often", ...at], "manual or automatic"],
    [["run", "x", "--data", path.join(file, "below")], "Cannot create the data folder"],
    [["trees", "--data", dataFolder()], "There is no database at"],
    [["trees", "--data", damaged], "is damaged"],
    [["run", "x", "--data", damaged], "is damaged"],
    [["trees", "--data", newer], "newer version"],
    [["run", "x", "--data", newer], "newer version"],
    [["trees", "--limit", "0", ...at], "--limit cannot be"],
    [["tree", "zzzz", ...at], "There is no tree or task zzzz"],
    [["tree", "", ...at], "is empty"],
    [["answer", "zzzz", "yes", ...at], "There is no review item zzzz"],
    [["agents", "show", "zzzz", ...at], "There is no agent zzzz"],
    [["agents", "import", "x", ...at], "Cannot read the file x: it does not exist."],
    [["documents", "add", ...at], "Name the file"],
    [["documents", "export", "nothing", ...at], "There is no document nothing"],
    [["tools", "add", ...at], "An argument is missing: npx banyan tools add FILE."],
    [["tools", "test", "nothing", ...at], "There is no tool server nothing. Servers: none."],
    [["tools", "list", "more", ...at], "Too many arguments for `banyan tools list`"],
    [["tools", "list", "--accept", ...at], "--accept belongs to"],
    [["tools", "policy", "web_fetch", "perhaps", ...at], "There is no policy"],
    [["policy", "network", ...at], "npx banyan policy network auto|ask|deny"],
    [["policy", "network", "perhaps", ...at], "write auto, ask or deny"],
    [["policy", "--allow", "https://example.com", ...at], "is not a host"],
    [["policy", "--disallow", "example.com", ...at], "is not in the list of hosts"],
    [["agents", "sing", ...at], "use list, show NAME, import FILE"],
    [["fork", "zzzz", "--at", "3", ...at], "There is no tree or task zzzz"],
    [["fork", tree.id, "--at", "soon", ...at], "--at cannot be"],
    [["fork", tree.id, "--at", "9999", ...at], "has no message 9999"],
    [["fork", tree.id, "--message", "x", ...at], "Name the message"],
    [["fork", tree.id, "--with", "coder@3", ...at], '--with cannot be "coder@3": name agents and documents'],
    [["fork", tree.id, "--with", "agent:coder@0", ...at], "--with cannot be"],
    [["fork", tree.id, "--with", ",", ...at], "--with is empty: name versions"],
    [["fork", tree.id, "--with", "agent:nobody@1", ...at], "There is no agent nobody"],
    [["fork", tree.id, "--with", "agent:worker@99", ...at], "There is no version 99 of the agent worker"],
    [["fork", tree.id, "--lessons", " ", ...at], "--lessons is empty: use with, without, or ids"],
    [["fork", tree.id, "--lessons", "with,without", ...at], '--lessons cannot be "with,without"'],
    [["fork", tree.id, "--lessons", "nosuchlesson", ...at], "There is no lesson nosuchlesson"],
    [["compare", tree.id, "zzzz", ...at], "There is no tree zzzz"],
    [["change", tree.id, ...at], "Say what to change"],
    [["change", tree.id, "--priority", "high", ...at], "--priority cannot be"],
    [["grant", tree.id, "--add-usd", "much", ...at], "--add-usd cannot be"],
    [["approve", "zzzz", "--alike", ...at], "There is no review item zzzz"],
    [["review", "zzzz", ...at], "There is no review item zzzz"],
    [["reviews", "zzzz", "--open", ...at], "--open is for the list"],
    [["rules", "add", "--why", "x", ...at], "Say what the rule approves"],
    [["rules", "add", "--tool", "zzzz", "--why", "x", ...at], "There is no tool"],
    [["rules", "add", "--tool", "write_file", ...at], "Say why"],
    [["rules", "add", "--tool", "write_file", "--why", "x", "--hours", "0", ...at], "--hours cannot be"],
    [["rules", "revoke", ...at], "Give the rule's id"],
    [["rules", "revoke", "zzzz", ...at], "There is no rule zzzz"],
    [["rules", "sing", ...at], "list, add or revoke"],
    [["interventions", "zzzz", ...at], "There is no tree or task zzzz"],
    [["acp", "--role", "owner", ...at], '--role cannot be "owner"'],
    [["acp", "--max-cost-usd", "much", ...at], "--max-cost-usd cannot be"],
    [["acp", "--rights", "fly", ...at], '--rights cannot contain "fly"'],
    [["token", "create"], "Give the token a role"],
    [["nonsense"], "Unknown command"],
    [["trees", "--nonsense"], "Unknown option"],
    [["tree"], "Missing required argument"],
  ];
  // Only three at a time, because each case starts a process.
  const pending = [...cases];
  const next = async (): Promise<void> => {
    const attempt = pending.shift();
    if (!attempt) return;
    const [args, says, stdin] = attempt;
    const { status, stdout, stderr } = await banyan(args, { stdin });
    expect([args, status, stdout, stderr]).toEqual([args, 2, "", expect.stringContaining(says)]);
    expect([args, stderr.trimEnd().split("\n")]).toEqual([args, [expect.any(String)]]);
    expect(stderr).not.toMatch(/\n\s+at /);
    return next();
  };
  await Promise.all([next(), next(), next()]);
  const refused = await banyan(["tree", "zzzz", "--json", ...at]);
  expect(JSON.parse(refused.stdout)).toEqual({ error: "There is no tree or task zzzz." });
  const setting = await banyan(["trees", ...at], { env: { MAX_CONCURRENT_AGENTS: "many" } });
  expect([setting.status, setting.stderr]).toEqual([2, expect.stringContaining("The setting MAX_CONCURRENT_AGENTS")]);
}, 600_000);

test.skipIf(!existsSync("/dev/full"))(
  "output that cannot be written fails the command, with one sentence",
  async () => {
    const { data } = await withTree();
    for (const args of [["trees"], ["trees", "--json"], ["--help"]]) {
      const { file, args: all, env } = commandOf([...args, "--data", data]);
      const full = openSync("/dev/full", "w");
      const { status, stderr } = spawnSync(file, all, {
        env: env as NodeJS.ProcessEnv,
        stdio: ["ignore", full, "pipe"],
      });
      closeSync(full);
      expect([status, stderr.toString()]).toEqual([1, "The output could not be written. The disk was full.\n"]);
    }
  },
);

test("an error is one line of JSON, as a feed has it", async () => {
  const { data } = await withTree();
  const { status, stdout } = await banyan(["log", "zzzz", "--follow", "--json", "--data", data]);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect([status, lines]).toEqual([2, [{ error: expect.stringContaining("There is no tree or task zzzz") }]]);
});

test("a verdict whose reader has gone is not taken for a good one", async () => {
  const { data } = await withTree();
  for (const args of [["audit", "verify"], ["doctor"]]) {
    const running = startBanyan([...args, "--data", data]);
    running.child.stdout.destroy();
    expect([args, (await running.done).status]).toEqual([args, 130]);
  }
});

test("a list whose reader has gone is no failure", async () => {
  const { data } = await withTree();
  const running = startBanyan(["trees", "--data", data]);
  running.child.stdout.destroy();
  const { status, stderr } = await running.done;
  expect([status, stderr]).toEqual([0, ""]);
});
