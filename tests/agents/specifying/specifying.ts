/** Services from requirements on the real runtime: a scripted writer, a scripted person, and a blueprint that checks quickly. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import type { OperationInput } from "@/agents/guard/guard";
import type { Tree } from "@/core/shapes/shapes";
import { agentScript, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import type { Reply } from "@/tests/agents/services/script";
import { startTrial, type Trial } from "@/tests/agents/trial";
import { quickBlueprint, ROUNDS, type Texts, writes } from "./script";

interface Specifying {
  /** Answers of the writer's tasks, in their order; the last one again for all later ones. */
  written: Texts[];
  /** What the person answers to each question, in order. */
  answers?: string[];
  more?: Partial<OperationInput<"specifyService">>;
}

export interface SpecifiedRun {
  trial: Trial;
  tree: Tree;
  folder: string;
  /** What the writer was told in each of its tasks. */
  told: string[];
  /** What the person was asked, and whether a service was there by then. */
  asked: string[];
  madeBefore: boolean[];
  read(file: string): string;
  /** Has the writer write these from now on. */
  script(written: Texts[]): string[];
}

/** Makes a service from requirements and waits for the end of its tree. */
export async function specifying(
  requirements: string,
  { written, answers = [], more = {} }: Specifying,
): Promise<SpecifiedRun> {
  const around = mkdtempSync(join(tmpdir(), "banyan-specifying-"));
  const folder = join(around, "studio");
  let now = { told: [] as string[], written };
  const { told } = now;
  const trial = await startTrial({
    script: agentScript({
      ...ROUNDS,
      test_generator: newTest,
      coder: (request) => (told === now.told ? ROUNDS.coder(request) : newTest(request)),
      specification_writer: (request) => {
        if (!now.told.includes(request.instruction)) now.told.push(request.instruction);
        const texts = now.written[now.told.indexOf(request.instruction)] ?? now.written.at(-1);
        return texts ? writes(request, texts) : endTask("Nothing describes a service.", { status: "failure" });
      },
    }),
  });
  onTestFinished(async () => {
    await trial.close();
    rmSync(around, { recursive: true, force: true });
  });
  const { commands } = trial.runtime.application;
  const blueprint = quickBlueprint(around);
  const { id } = await commands.specifyService({ workspace: folder, requirements, blueprint, ...more }, tester);
  const asked: string[] = [];
  const madeBefore: boolean[] = [];
  for (const answer of answers) {
    const isThere = () => existsSync(join(folder, "package.json"));
    asked.push(await answered(trial, id, answer, () => madeBefore.push(isThere())));
  }
  const script = (texts: Texts[]) => {
    now = { told: [], written: texts };
    return now.told;
  };
  return {
    script,
    trial,
    tree: await trial.ended(id, 60_000),
    folder,
    told,
    asked,
    madeBefore,
    read: (file) => readFileSync(join(folder, file), "utf8"),
  };
}

/** The work of a change: a test that names what is new. */
function newTest({ turn }: ScriptedRequest): Reply {
  return turn === 0 ? call("write_file", { path: "test/note.test.ts", content: "// C9\n" }) : endTask("Written.");
}

/** Changes the requirements of a service that was made, and waits for the end of the tree that does it. */
export async function changing(
  { trial, script }: SpecifiedRun,
  change: string,
  { written, answers = [], more = {} }: Omit<Specifying, "more"> & { more?: Partial<OperationInput<"changeService">> },
): Promise<Pick<SpecifiedRun, "trial" | "tree" | "told" | "asked">> {
  const told = script(written);
  const { id } = await trial.runtime.application.commands.changeService({ id: "studio", change, ...more }, tester);
  const asked: string[] = [];
  for (const answer of answers) asked.push(await answered(trial, id, answer, () => {}));
  return { trial, tree: await trial.ended(id, 60_000), told, asked };
}

/** Answers the next question of a tree, and returns it. */
async function answered(
  { runtime: { application } }: Trial,
  treeId: string,
  text: string,
  before: () => void,
): Promise<string> {
  const open = async () => (await application.queries.listReviews({ open: true, treeId })).items[0];
  await expect.poll(open, { timeout: 60_000 }).toBeDefined();
  const item = (await open()) ?? expect.fail("Nobody is asked.");
  before();
  await application.commands.answer({ id: item.id, text }, tester);
  return item.detail;
}
