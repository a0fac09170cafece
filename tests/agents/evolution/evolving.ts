/** A project with insights that scripted agents deal with, well or badly: for the scenarios of evolution. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import { agentScript, type Reply, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import { startTrial, type TrialOptions } from "@/tests/agents/trial";

/** A file with one insight: a parameter without a type. */
export const untyped = (name: string) => `/** Adds. */
export function ${name}(values: any[]): number {
  return values.length;
}
`;
/** The same file without it. */
export const typed = (name: string) => untyped(name).replace("any[]", "number[]");

/** A repository with an untyped function in each of these files, and a test that reaches all of them. */
export function repositoryWith(names: readonly string[]) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-evolving-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args], {
      encoding: "utf8",
    });
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  git("init", "-q", "-b", "main");
  put("LICENSE", "MIT");
  for (const name of names) put(`src/${name}.ts`, untyped(name));
  const imports = names.map((name) => `import { ${name} } from "../src/${name}";`);
  put("tests/all.test.ts", [...imports, ...names.map((name) => `${name}([]);`), ""].join("\n"));
  git("add", "-A");
  git("commit", "-q", "-m", "First");
  return { folder, git, put };
}

/** How the coder deals with a file: what it writes in its first, second and third try. */
export type Deeds = Record<string, Reply[][]>;

const writing = (path: string, content: string) => call("write_file", { path, content });
export const good = (name: string): Reply[][] => [[writing(`src/${name}.ts`, typed(name))]];
/** Says that it has done it, and has changed something else. */
export const lying = (name: string): Reply[][] =>
  [1, 2, 3].map((n) => [writing(`src/${name}.ts`, `${untyped(name)}// ${n}\n`)]);

/** Which file a task is about, by the words of the host. */
function fileOf({ instruction, messages }: ScriptedRequest): string {
  const said = [instruction, ...messages.map((message) => ("text" in message ? message.text : message.content))];
  return /src\/(\w+)\.ts/.exec(said.join("\n"))?.[1] ?? "";
}

/** Scripts the agents: the coder does its deeds of the file, one list a try. */
export function agents(deeds: Deeds): NonNullable<TrialOptions["script"]> {
  const tries = new Map<string, number>();
  const going = new Map<string, Reply[]>();
  return agentScript({
    goal_planner: (request) => {
      const name = fileOf(request);
      const steps = [{ title: `Deal with ${name}`, instruction: `Deal with src/${name}.ts.` }];
      return endTask(JSON.stringify({ plan: `Deal with src/${name}.ts`, steps }));
    },
    goal_strategist: () => endTask(JSON.stringify({ strategy: "Go on." })),
    task_evaluator: () => endTask('{"outcome":"pass","reasons":["It holds."]}'),
    coder: (request) => {
      const name = fileOf(request);
      const left = going.get(request.task) ?? nextTry(name);
      going.set(request.task, left);
      return left.shift() ?? endTask("It is dealt with.");
    },
  });

  function nextTry(name: string): Reply[] {
    const at = tries.get(name) ?? 0;
    tries.set(name, at + 1);
    return [...(deeds[name]?.[at] ?? [])];
  }
}

/** Adds a project called shop at the address. A folder has a check; another address needs none, or has the one that is given. */
export async function evolving(address: string, options: TrialOptions & { deeds?: Deeds; check?: string }) {
  const trial = await startTrial({ script: agents(options.deeds ?? {}), ...options });
  onTestFinished(() => trial.close());
  const { commands, queries } = trial.runtime.application;
  const check = options.check ?? (address.startsWith("/") ? "test -f LICENSE" : undefined);
  if (options.dataDir === undefined)
    await commands.addProject({ address, name: "shop", ...(check && { check }) }, tester);
  const now = () => queries.getEvolution("shop");
  const step = async () => void (await trial.worker?.evolutions.check());
  return {
    trial,
    commands,
    queries,
    now,
    /** Checks until the evolution is so. */
    async until(is: (evolution: EvolutionOfProject) => boolean, what: string): Promise<EvolutionOfProject> {
      const deadline = Date.now() + 240_000;
      for (;;) {
        await step();
        const found = await now();
        if (is(found)) return found;
        if (Date.now() > deadline)
          throw new Error(`This did not happen: ${what}. ${JSON.stringify(found, null, 1)} ${trial.faults.join("\n")}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

export const hasEnded = ({ runs }: EvolutionOfProject) =>
  runs.length > 0 && runs.every(({ state }) => state === "ended");
