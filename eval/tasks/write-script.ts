import { all, runs, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const SCRIPT = `import { readFileSync } from "node:fs";
const counts = new Map();
for (const line of readFileSync(0, "utf8").split("\\n").filter(Boolean)) {
  const status = line.split(" ").at(-1);
  counts.set(status, (counts.get(status) ?? 0) + 1);
}
for (const [status, count] of [...counts].sort(([a], [b]) => a.localeCompare(b))) console.log(status + " " + count);
`;

export const writeScript: EvalTask = {
  name: "write-script",
  about: "writes a small program that does what is said with other input, too",
  agent: "coder",
  instruction:
    "Write status.mjs for Node, without packages. It reads a log from standard input, one request a line, of which the last word is an HTTP status (see sample.log). It prints a line `STATUS COUNT` for each status, lowest status first, and ignores empty lines.",
  files: { "sample.log": "GET / 200\nGET /a 404\nPOST /b 200\n" },
  needsSandbox: true,
  check: async (ended) =>
    all(
      succeeded(ended),
      await runs(ended, "node status.mjs < in.log > out.txt && diff out.txt want.txt", {
        "in.log": "GET /x 503\n\nGET / 200\nGET /y 200\nPUT /z 201\n",
        "want.txt": "200 2\n201 1\n503 1\n",
      }),
    ),
  scripts: {
    pass: writes({ "status.mjs": SCRIPT }),
    wrong: writes({ "status.mjs": 'console.log("200 2\\n404 1");\n' }),
  },
};
