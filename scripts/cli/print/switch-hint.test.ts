import { expect, test } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import { switchHints } from "./switch-hint";

const task = (id: string, model: string, more: Partial<Task> = {}) =>
  ({ id, model, parked_by: "model_gone", switch_to: "anthropic/new", reason_detail: "It is gone.", ...more }) as Task;

test("each model that is gone is named once, with the command that switches all its tasks", () => {
  const tasks = [task("aaaaaaaaaaaa", "anthropic/old"), task("bbbbbbbbbbbb", "anthropic/old")];
  expect(switchHints(tasks)).toEqual([
    "◷ It is gone.\n  Switch with: npx banyan change bbbbbbbb --model anthropic/new --alike",
  ]);
  const alone = task("cccccccccccc", "openai/odd", { switch_to: null });
  expect(switchHints([alone])).toEqual([
    "◷ It is gone.\n  Switch with: npx banyan change cccccccc --model PROVIDER/MODEL",
  ]);
  expect(switchHints([task("dddddddddddd", "anthropic/old", { parked_by: "provider" })])).toEqual([]);
});
