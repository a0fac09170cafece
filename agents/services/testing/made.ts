/** Makes services in folders of their own, with the packages of this checkout, whose versions blueprints name. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { z } from "zod";
import {
  blueprintFolders,
  composed,
  partsCalled,
  readModel,
  type ServiceSource,
  variablesOf,
} from "@/agents/services/compose";
import { documentFrom } from "@/agents/services/document";
import { writeFiles } from "@/agents/services/place";
import type { ServiceModel } from "@/core/services/model/model";

export const BLUEPRINTS = path.resolve("blueprints");
const run = promisify(execFile);

export interface Made {
  folder: string;
  files: Map<string, string>;
}

export interface MadeFromDocument extends Made {
  model: ServiceModel;
}

export async function makeFrom(
  source: { openapi: string } | { entities: string },
  parts: string[] = [],
  blueprint = "rest-api",
): Promise<MadeFromDocument> {
  const { document, text } = await documentFrom(source, "sample");
  const model = readModel(document);
  return { ...(await made(blueprint, parts, { model, text })), model };
}

/** Makes a service of a blueprint that needs no document. */
export function makeOf(blueprint: string, parts: string[] = []): Promise<Made> {
  return made(blueprint, parts, null);
}

async function made(called: string, parts: string[], source: ServiceSource | null): Promise<Made> {
  const { blueprint, folders } = blueprintFolders(called, [BLUEPRINTS]);
  const chosen = partsCalled(parts, blueprint.described, folders);
  const variables = variablesOf(blueprint.described, chosen, {});
  const files = await composed({ name: "sample", blueprint, parts: chosen, variables, source });
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-service-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
  return { folder, files };
}

/** Runs what the service's `npm run check` runs. Fails with its output. */
export async function check({ folder, files }: Made): Promise<void> {
  const tests = [...files.keys()].filter((file) => file.endsWith(".test.ts"));
  await program(folder, "node_modules/.bin/tsc", ["--noEmit"]);
  await program(folder, "node_modules/.bin/biome", ["lint", "--error-on-warnings"]);
  if (tests.length > 0) await program(folder, process.execPath, ["--import", "tsx", "--test", ...tests]);
}

async function program(cwd: string, file: string, args: string[]): Promise<void> {
  try {
    await run(path.resolve(cwd, file), args, { cwd, env: plainEnvironment(), maxBuffer: 10_000_000 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${file} ${args.join(" ")}\n${stdout}\n${stderr}`);
  }
}

/** Test runners tell their children that they are children, which changes what those print. */
function plainEnvironment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, ...more } as unknown as NodeJS.ProcessEnv;
}

export interface Running {
  /** Without a slash at its end. */
  address: string;
  /** What it logged so far. */
  log(): string;
  stop(): Promise<void>;
}

const packageFile = z.object({ scripts: z.object({ preview: z.string().regex(/^node /) }) });

/** Starts the service as its `npm run preview` does, and waits until it listens. */
export async function start({ folder, files }: Made, settings: Record<string, string> = {}): Promise<Running> {
  const env = plainEnvironment({ PORT: "0", ...settings });
  const { scripts } = packageFile.parse(JSON.parse(files.get("package.json") ?? ""));
  const [, ...program] = scripts.preview.split(" ");
  const child = spawn(process.execPath, program, { cwd: folder, env });
  onTestFinished(() => void child.kill("SIGKILL"));
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += String(chunk);
  });
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      log += String(chunk);
      const found = /Server listening at (http:\/\/[\d.]+:\d+)/.exec(log);
      if (found?.[1]) resolve(found[1]);
    });
    child.once("exit", () => reject(new Error(`The service ended:\n${log}`)));
  });
  return { address, log: () => log, stop: () => ended(child) };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners("exit");
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
