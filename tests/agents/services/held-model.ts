import { agentScript } from "../provider-script";
import { endTask, passed } from "../replies";

/** A model whose worker replies when the test lets it. */
export function heldModel() {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const script = agentScript({
    worker: async () => {
      await held;
      return endTask("Painted.");
    },
    task_evaluator: [passed()],
    "*": [endTask("noted")],
  });
  return { script, letGo, whenLetGo: held };
}
