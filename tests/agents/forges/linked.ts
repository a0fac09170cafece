/** A project that is linked with a stand-in for a forge, with scripted agents: for the scenarios of forges. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { ForgeKind } from "@/core/shapes/forges";
import { agentScript, type Reply } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { startTrial, type TrialOptions } from "@/tests/agents/trial";
import type { ForgeServer } from "@/tests/forges/forge-server";
import { startGitea } from "@/tests/forges/gitea";
import { startGithub } from "@/tests/forges/github";
import { startGitlab } from "@/tests/forges/gitlab";

export const FILES = { "sum.js": "export const sum = (a, b) => a - b;\n", "README.md": "Sums.\n" };
export const RIGHT = "export const sum = (a, b) => a + b;\n";
const CHECK = "grep -q 'a + b' sum.js";

/** The stand-in of each kind, where it has its repository, and what Banyan's account has to be there. */
const STAND_INS = {
  github: { start: startGithub, path: "acme/widgets", permission: "write" },
  gitea: { start: startGitea, path: "acme/widgets", permission: "admin" },
  gitlab: { start: startGitlab, path: "acme/tools/widgets", permission: "write" },
} as const;

export async function forgeWith(
  files: Record<string, string> = FILES,
  kind: ForgeKind = "github",
): Promise<ForgeServer> {
  const { start, path: name, permission } = STAND_INS[kind];
  const folder = mkdtempSync(join(tmpdir(), "banyan-forge-"));
  const [bare, work] = [join(folder, `${name}.git`), join(folder, "work")];
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@x", ...args], { encoding: "utf8" });
  mkdirSync(dirname(bare), { recursive: true });
  git("init", "-q", "--bare", "-b", "main", bare);
  git("-C", bare, "config", "http.receivepack", "true");
  git("init", "-q", "-b", "main", work);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    writeFileSync(join(work, path), text);
  }
  git("-C", work, "add", "-A");
  git("-C", work, "commit", "-q", "-m", "First");
  git("-C", work, "push", "-q", bare, "main");
  const forge = await start(folder, {
    accounts: [
      { login: "banyan-bot", permission },
      { login: "ann", permission: "write" },
      { login: "eve", permission: "read" },
    ],
  });
  onTestFinished(async () => {
    await forge.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return forge;
}

/** The calls of the coder in its rounds: each list is one attempt. */
export function work(attempts: Reply[][], result = "The sum adds now."): NonNullable<TrialOptions["script"]> {
  const left = attempts.flatMap((calls) => [...calls, endTask(result)]);
  return agentScript({
    goal_planner: () => endTask(JSON.stringify({ plan: "Do it", steps: [{ title: "Do it", instruction: "Do it" }] })),
    task_evaluator: () => endTask('{"outcome":"pass","reasons":["It holds."]}'),
    coder: () => left.shift() ?? endTask("Nothing left to do."),
  });
}
export const write = (path: string, content: string) => call("write_file", { path, content });

/** `beside`: forges with further repositories, which the project gets too. */
export async function linked(
  forge: ForgeServer,
  { beside = [], ...options }: TrialOptions & { beside?: ForgeServer[] },
) {
  const forges = [forge, ...beside];
  const trial = await startTrial({
    ...options,
    env: {
      BANYAN_FORGES: forges.map(({ host, apiUrl }) => `${host}=${apiUrl}`).join(","),
      BANYAN_PRIVATE_HOSTS: forges.map(({ host }) => host).join(","),
      BANYAN_URL: "https://banyan.test",
      ...options.env,
    },
  });
  onTestFinished(() => trial.close());
  const { commands } = trial.runtime.application;
  const { store } = trial.runtime;
  if (options.dataDir === undefined) {
    for (const { host, token } of forges)
      await commands.setSecret({ id: `git/${host.replace(":", "_")}`, value: token }, tester);
    await commands.addProject({ address: forge.cloneUrl, name: "widgets", check: CHECK }, tester);
    await commands.linkForge({ id: "widgets" }, tester);
  }
  const issue = (number: number) => store.forges.issue(store.forges.link("widgets")?.projectId ?? 0, number);
  return {
    trial,
    issue,
    commands,
    store,
    /** Looks until the issue is in the state. */
    async until(number: number, state: string) {
      const deadline = Date.now() + 240_000;
      for (;;) {
        const link = store.forges.link("widgets");
        if (link) await store.forges.makeDue(link.id, Date.now());
        await trial.worker?.forges.check();
        const found = issue(number);
        if (found?.state === state && found.words === null) return found;
        if (Date.now() > deadline || (found?.state === "failed" && state !== "failed"))
          throw new Error(
            `Issue ${number} is ${found?.state} (${found?.why}), not ${state}. ${link?.trouble} ${trial.faults} ${forge.complaints}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async look(times = 3) {
      for (let n = 0; n < times; n += 1) {
        const link = store.forges.link("widgets");
        if (link) await store.forges.makeDue(link.id, Date.now());
        await trial.worker?.forges.check();
      }
    },
  };
}

export const file = (forge: ForgeServer, ref: string, path: string) =>
  execFileSync("git", ["-C", forge.bare, "show", `${ref}:${path}`], { encoding: "utf8" });
