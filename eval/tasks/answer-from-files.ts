import { all, mentions, succeeded } from "../task/checks";
import { says } from "../task/replies";
import type { EvalTask } from "../task/task";

export const answerFromFiles: EvalTask = {
  name: "answer-from-files",
  about: "answers from what the files say, with the place",
  agent: "researcher",
  instruction: "Which service listens on port 8443, and in which file is that set? Answer with both.",
  files: {
    "README.md": "Ports are set in deploy/. The gateway used 8443 until March.\n",
    "deploy/gateway.env": "PORT=9443\n# PORT=8443 until March\n",
    "deploy/ledger.env": "NAME=ledger\nPORT=8443\n",
    "deploy/search.env": "NAME=search\nPORT=8080\n",
  },
  check: (ended) => all(succeeded(ended), mentions("The result", ended.result, "ledger", "deploy/ledger.env")),
  scripts: {
    pass: says("The ledger: deploy/ledger.env, line 2, sets PORT=8443."),
    wrong: says("The gateway listens on 8443, as README.md says."),
  },
};
