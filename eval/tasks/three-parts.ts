import { all, mentions, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const PARTS = {
  "summary-north.md": ["Lund", "12"],
  "summary-south.md": ["Faro", "7"],
  "summary-east.md": ["Iasi", "31"],
};

export const threeParts: EvalTask = {
  name: "three-parts",
  about: "does all parts of a task that has several",
  agent: "worker",
  instruction:
    "For each report in reports/ write a summary of one sentence that names the town and the number of incidents: summary-north.md, summary-south.md and summary-east.md.",
  files: {
    "reports/north.md":
      "# North\nThe team worked from Lund. After a calm spring there were 12 incidents, all closed.\n",
    "reports/south.md": "# South\nIncidents: 7. Town: Faro. Two visits by the auditor.\n",
    "reports/east.md": "# East\nIn Iasi thirty-one (31) incidents were filed, nine more than last year.\n",
  },
  check: (ended) =>
    all(succeeded(ended), ...Object.entries(PARTS).map(([path, facts]) => mentions(path, ended.read(path), ...facts))),
  scripts: {
    pass: writes(
      Object.fromEntries(
        Object.entries(PARTS).map(([path, [town, count]]) => [path, `${town} had ${count} incidents.\n`]),
      ),
    ),
    wrong: writes({ "summary-north.md": "Lund had 12 incidents.\n", "summary-south.md": "Faro had 7 incidents.\n" }),
  },
};
