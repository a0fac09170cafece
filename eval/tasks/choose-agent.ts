import { all, holds, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

export const chooseAgent: EvalTask = {
  name: "choose-agent",
  about: "goes through agent_selector, as a task of a person does by default",
  agent: null,
  instruction: "Write the number of lines of poem.txt that contain the word sea into count.txt. Write only the number.",
  files: {
    "poem.txt": "The sea was calm.\nNo wind, no sail.\nA seal swam by.\nBeyond the sea, the sea again.\nNight.\n",
  },
  check: (ended) =>
    all(
      succeeded(ended),
      ended.tree.tasks.some((task) => task.agent === "agent_selector") ? null : "agent_selector was not asked.",
      holds(ended, "count.txt", "2"),
    ),
  scripts: { pass: writes({ "count.txt": "2\n" }), wrong: writes({ "count.txt": "3\n" }) },
};
