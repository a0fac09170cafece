import { all, holds, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const settings = (staging: number, production: number) => `# Timeouts are in seconds. Keep the comments.
staging:
  timeout: ${staging}   # short on purpose
  retries: 1
production:
  timeout: ${production}
  retries: 3
`;

export const editSetting: EvalTask = {
  name: "edit-setting",
  about: "changes one value and keeps every other byte",
  agent: "worker",
  instruction: "Set the timeout of production in settings.yml to 45. Leave everything else as it is.",
  files: { "settings.yml": settings(5, 30) },
  check: (ended) => all(succeeded(ended), holds(ended, "settings.yml", settings(5, 45))),
  scripts: { pass: writes({ "settings.yml": settings(5, 45) }), wrong: writes({ "settings.yml": settings(45, 45) }) },
};
