import { all, holds, succeeded } from "../task/checks";
import { asksThenWrites, writes } from "../task/replies";
import type { EvalTask } from "../task/task";

export const askQuestion: EvalTask = {
  name: "ask-question",
  about: "asks a person what only a person knows",
  agent: "worker",
  instruction:
    "Write the name that the client has chosen for the product into name.txt, and nothing else. The client told the person who gave you this task; it stands in no file.",
  files: { "notes.md": "Names under discussion: Kestrel, Heron, Plover. The client decides on Friday.\n" },
  answer: "The client has chosen Heron.",
  check: (ended) =>
    all(ended.questions.length > 0 ? null : "Nobody was asked.", succeeded(ended), holds(ended, "name.txt", "Heron")),
  scripts: {
    pass: asksThenWrites("Which name has the client chosen: Kestrel, Heron or Plover?", { "name.txt": "Heron\n" }),
    wrong: writes({ "name.txt": "Heron\n" }),
  },
};
