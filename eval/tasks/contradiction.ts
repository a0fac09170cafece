import { all, mentions, succeeded } from "../task/checks";
import { says } from "../task/replies";
import type { EvalTask } from "../task/task";

export const contradiction: EvalTask = {
  name: "contradiction",
  about: "names both sources when they contradict each other, and decides by the date",
  agent: "researcher",
  instruction:
    "After how many days is a customer's data deleted? If documents contradict each other, the newer one counts; name both files in your answer.",
  files: {
    "policies/privacy.md": "# Privacy (2 February 2024)\nA customer's data is deleted after 90 days.\n",
    "policies/retention.md": "# Retention (14 June 2025)\nA customer's data is deleted after 30 days.\n",
    "policies/backup.md": "# Backups (1 July 2025)\nBackups are kept for 60 days and hold no customer data.\n",
  },
  check: (ended) =>
    all(succeeded(ended), mentions("The result", ended.result, "30 days", "retention.md", "privacy.md")),
  scripts: {
    pass: says("After 30 days: policies/retention.md (June 2025) replaces policies/privacy.md (2024), which says 90."),
    wrong: says("After 90 days, says policies/privacy.md."),
  },
};
