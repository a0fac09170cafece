import { all, holds, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const MERGED = "ana@example.org\nbo@example.org\ncem@example.org\nede@example.org\n";

export const mergeLists: EvalTask = {
  name: "merge-lists",
  about: "merges by rules that stand in another file",
  agent: "worker",
  instruction: "Merge first.txt and second.txt into merged.txt, by the rules in RULES.md.",
  files: {
    "RULES.md": "One address a line, in lower case, sorted, each once. Addresses of gone.example are left out.\n",
    "first.txt": "Cem@example.org\nana@example.org\nfay@gone.example\n",
    "second.txt": "bo@example.org\nANA@example.org\nede@example.org\n",
  },
  check: (ended) => all(succeeded(ended), holds(ended, "merged.txt", MERGED)),
  scripts: { pass: writes({ "merged.txt": MERGED }), wrong: writes({ "merged.txt": `${MERGED}fay@gone.example\n` }) },
};
