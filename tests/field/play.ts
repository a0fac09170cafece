/** Plays the steps of a case against a served release, in a folder of its own, and collects their answers by name. */
import { spawn } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Tree } from "@/core/shapes/shapes";
import type { Finished, ServedRelease } from "@/tests/served/release";
import type { FieldCase, Model, Step } from "./case";
import { valueAt } from "./expected";
import { markOf, type Play } from "./scripted";

const MODELS: Record<Model["protocol"], string> = {
  anthropic: "anthropic/claude-sonnet-4-6",
  openai: "openai/test-model",
  google: "google/gemini-2.5-pro",
  ollama: "ollama/test-model",
};
const POLL_MS = 150;

/** What the cases of a run share. */
export interface Stage {
  release: ServedRelease;
  plays: Map<string, Play>;
  /** Where a program that answers every request with what it was asked listens. */
  echo: string;
}

/** Returns the answers of the steps, by their names. */
export async function playCase(stage: Stage, { name, folder, steps }: FieldCase): Promise<Record<string, unknown>> {
  const dir = path.join(stage.release.folder, "cases", name);
  mkdirSync(path.dirname(dir), { recursive: true });
  cpSync(folder, dir, { recursive: true, filter: (from) => !/(?:README\.md|case\.json)$/.test(from) });
  const answers: Record<string, unknown> = {};
  const known = { dir, node: process.execPath, echo: stage.echo, url: stage.release.url };
  for (const step of steps)
    answers[step.name] = await playStep(stage, dir, name, filled(step, { ...known, ...answers }));
  return answers;
}

async function playStep(stage: Stage, dir: string, name: string, step: Step): Promise<unknown> {
  if ("shell" in step) return shell(step.shell, dir);
  if ("banyan" in step) return stage.release.banyan(step.banyan, dir);
  if ("api" in step) {
    const [method = "", at = ""] = step.api.split(" ");
    return stage.release.api(method, at, step.body);
  }
  return playTask(stage, dir, `${name}/${step.name}`, step);
}

async function shell(command: string, cwd: string): Promise<Finished> {
  const env = { ...process.env, HOME: cwd, GIT_CONFIG_NOSYSTEM: "1" };
  const child = spawn("bash", ["-euc", command], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const status = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const finished = { status: await status, stdout, stderr };
  if (finished.status !== 0) throw new Error(`The step "${command}" ended with ${finished.status}: ${stdout}${stderr}`);
  return finished;
}

async function playTask({ release, plays }: Stage, dir: string, id: string, step: Extract<Step, { task: object }>) {
  const { workspace, task, agent = "worker", ...more } = step.task;
  const play: Play = { model: step.model, agent: String(agent), results: [], requests: 0, answered: 0 };
  plays.set(id, play);
  const place = workspace === null ? {} : { workspace: path.join(dir, String(workspace ?? ".")) };
  const words = `${markOf(id)} ${task ?? "Do the steps."}`;
  // A goal has an agent of its own.
  const runs = "goal" in more ? {} : { agent };
  const body = { task: words, ...runs, model: MODELS[step.model.protocol ?? "anthropic"], ...place, ...more };
  const submitted = await release.api("POST", "/trees", body);
  if (submitted.status !== 201) return { submitted };
  const begun = submitted.body as Tree;
  const tree = await ended(release, begun.id);
  const [root] = tree.tasks;
  const { status, reason, reason_detail: detail, spent } = root ?? {};
  const { results, requests } = play;
  return { submitted, id: tree.id, task: root?.id, status, reason, detail, spent, results, requests, tree };
}

/** Resolves when the tree's first task has ended, parked, or waits for a person; then nothing of it goes on. */
async function ended(release: ServedRelease, id: string): Promise<Tree> {
  for (;;) {
    const { body } = await release.api("GET", `/trees/${id}`);
    const tree = body as Tree;
    const root = tree.tasks[0];
    if (root?.ended_at) return tree;
    const asks = root?.waiting_for?.kind === "answer" || root?.waiting_for?.kind === "approval";
    if (root && (asks || root.status === "parked")) {
      await release.api("POST", `/tasks/${root.id}/stop`, { reason: "The case is over." });
      return tree;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Returns the step with each `{name}` and `{name.path}` in its texts replaced by what is known under that name. */
function filled<Value>(value: Value, known: Record<string, unknown>): Value {
  if (typeof value === "string") {
    const replaced = value.replace(/\{([a-z][a-z0-9_]*(?:\.[\w.]+)?)\}/g, (whole, at: string) => {
      const found = valueAt(known, at);
      return found === undefined ? whole : String(found);
    });
    return replaced as Value;
  }
  if (Array.isArray(value)) return value.map((part) => filled(part, known)) as Value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filled(part, known)])) as Value;
}
