/** A tree that begins with a copy of a repository: over real HTTP, unpacked in the real sandbox. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type GitServer, startGitServer } from "@/lib/git/testing/git-server";
import { call, endTask } from "@/tests/agents/replies";
import {
  filesIn,
  logOf,
  requestsOf,
  responsesOf,
  runRoot,
  tester,
  toldIn,
  trialsOfThisFile,
} from "@/tests/agents/scenario";
import { changeAgent } from "@/tests/agents/world-tool";

const TOKEN = "ghp_a-token-that-nobody-may-see";
const start = trialsOfThisFile();

let folder: string;
let server: GitServer;
let url: string;

function git(where: string, ...args: string[]): void {
  const who = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
  execFileSync("git", ["-C", where, ...who, ...args], { stdio: "ignore" });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "banyan-repository-"));
  const source = join(folder, "source");
  mkdirSync(source);
  git(source, "init", "-q", "-b", "trunk");
  writeFileSync(join(source, "a.txt"), "on trunk\n");
  git(source, "add", "-A");
  git(source, "commit", "-q", "-m", "first");
  git(source, "switch", "-q", "-c", "topic");
  writeFileSync(join(source, "b.txt"), "on topic\n");
  git(source, "add", "-A");
  git(source, "commit", "-q", "-m", "second");
  git(source, "switch", "-q", "trunk");
  mkdirSync(join(folder, "served"));
  git(folder, "clone", "-q", "--bare", source, join(folder, "served", "widgets.git"));
  server = await startGitServer(join(folder, "served"), TOKEN);
  url = `http://${server.host}/widgets.git`;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = () => ({ env: { BANYAN_PRIVATE_HOSTS: server.host } });

test("the folder has the branch with its history, the agent is told, and its changes are compared with it", async () => {
  const trial = await start(
    {
      root: [
        call("git_operations", { operation: "log" }),
        call("write_file", { path: "a.txt", content: "changed\n" }),
        endTask("done"),
      ],
    },
    settings(),
  );
  await trial.runtime.application.commands.setSecret(
    { id: `git/${server.host.replace(":", "_")}`, value: TOKEN },
    tester,
  );
  await changeAgent(trial, "worker", { tools: ["git_operations", "write_file"] });
  const tree = await runRoot(trial, { repository: { url, branch: "topic" } });
  expect(tree.status).toBe("succeeded");
  expect(filesIn(tree.workspace)).toMatchObject({ "a.txt": "changed\n", "b.txt": "on topic\n" });
  const log = await logOf(trial, tree.root_task_id);
  expect(responsesOf(log)[0]).toMatch(/second[\s\S]*first/);
  expect(toldIn(requestsOf(trial, "root")[0])).toContain(`The folder is a copy of ${url}, branch topic at `);
  // The whole copy before the first change, then the changes.
  const saved = log.filter(({ content }) => content.type === "files_saved").map(({ content }) => content.changed);
  expect(saved).toEqual([expect.any(Number), 1]);
  const { items } = await trial.runtime.application.queries.listChanges(tree.id);
  expect(items.map(({ path, change }) => [path, change])).toEqual([["a.txt", "modified"]]);
  expect(JSON.stringify(log)).not.toContain(TOKEN);
});

test.each([
  [
    "a branch that is not there",
    () => ({ url, branch: "none" }),
    /^There is no branch "none" at .*: it has topic, trunk\.$/,
  ],
  ["a repository that is not there", () => ({ url: `http://${server.host}/other.git` }), /^There is no repository at /],
  ["an address inside", () => ({ url: "http://169.254.169.254/x.git" }), /169\.254\.169\.254/],
  ["no address", () => ({ url: "widgets" }), /widgets/],
  ["a password in the address", () => ({ url: "https://ann:secret@example.org/x.git" }), /user|password|name/i],
])("%s is one sentence, and nothing is left behind", async (_what, repository, sentence) => {
  const trial = await start(null, { work: false, ...settings() });
  const { commands, queries } = trial.runtime.application;
  await commands.setSecret({ id: `git/${server.host.replace(":", "_")}`, value: TOKEN }, tester);
  const submitted = trial.submit({ task: "root", agent: "worker", repository: repository() });
  await expect(submitted).rejects.toThrow(sentence);
  expect((await queries.listTrees()).items).toEqual([]);
  const left = join(trial.dataDir, "workspaces");
  expect(existsSync(left) ? readdirSync(left) : []).toEqual([]);
});

test("a folder and a repository at once are refused", async () => {
  const trial = await start(null, { work: false });
  const submitted = trial.submit({ task: "root", workspace: folder, repository: { url } });
  await expect(submitted).rejects.toThrow("Name a folder or a repository, not both");
});
