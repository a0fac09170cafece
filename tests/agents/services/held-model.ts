import { agentScript } from "../provider-script";
import { endTask, passed } from "../replies";

/** A model that answers the worker when the test allows it. */
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
