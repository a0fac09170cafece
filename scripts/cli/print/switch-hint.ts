import type { Task } from "@/core/shapes/shapes";
import { short } from "./words";

/** Returns a line for each model that is gone and parks tasks: why, and the command that switches them. */
export function switchHints(tasks: readonly Task[]): string[] {
  const parked = tasks.filter(({ parked_by }) => parked_by === "model_gone");
  return [...new Map(parked.map((task) => [task.model, task])).values()].map(
    ({ id, model, switch_to, reason_detail }) => {
      const alike = parked.filter((task) => task.model === model).length > 1 ? " --alike" : "";
      const to = switch_to ?? "PROVIDER/MODEL";
      return `◷ ${reason_detail ?? `${model} no longer exists.`}\n  Switch with: npx banyan change ${short(id)} --model ${to}${alike}`;
    },
  );
}
