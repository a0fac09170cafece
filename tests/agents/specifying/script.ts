/** What scripted agents do when they make a service from requirements. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MODEL_FILE, OPENAPI_FILE, SPECIFICATION_FILE } from "@/core/specification/limits";
import type { specificationTexts } from "@/core/specification/testing/texts";
import type { ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, passed } from "@/tests/agents/replies";
import type { Reply } from "@/tests/agents/services/script";

export type Texts = ReturnType<typeof specificationTexts> & {
  /** Texts of further files, by their paths, which no writer should write. */
  others?: Record<string, string>;
};

/** Returns a folder with a blueprint that makes what `rest-api` makes, and whose check needs no packages. */
export function quickBlueprint(around: string): string {
  const folder = join(around, "quick");
  cpSync("blueprints/rest-api", folder, { recursive: true });
  const file = join(folder, "blueprint.yaml");
  // Its own setup and check go before those of the blueprint that it extends.
  const text = readFileSync(file, "utf8").replace(/^name: .*/m, "name: quick\nsetup: 'true'\ncheck: ls openapi.yaml");
  writeFileSync(file, text);
  return folder;
}

/** Returns what a writer does in one task: it writes the files, and ends. */
export function writes({ turn }: Pick<ScriptedRequest, "turn">, texts: Texts): Reply {
  const { specification, model, openapi, others = {} } = texts;
  const files: [string, string][] = [
    [SPECIFICATION_FILE, specification],
    [MODEL_FILE, model],
    [OPENAPI_FILE, openapi],
    ...Object.entries(others),
  ];
  if (turn > 0) return endTask("Written.");
  return { calls: files.map(([path, content]) => ({ name: "write_file", input: { path, content } })) };
}

/** The rounds of a goal: one plan, and tests that name what has to be shown. */
export const ROUNDS = {
  goal_planner: () =>
    endTask(JSON.stringify({ plan: "Write tests", steps: [{ title: "Tests", instruction: "Write tests" }] })),
  task_evaluator: passed,
  coder: ({ turn }: ScriptedRequest) =>
    turn === 0
      ? call("write_file", { path: "test/criteria.test.ts", content: "// C1 C2 C3 C4 C5 C6 C7 C8\n" })
      : endTask("Written."),
};
