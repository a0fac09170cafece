import { all, runs, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const sum = (name: string) => `export function ${name}(values) {\n  return values.reduce((a, b) => a + b, 0);\n}\n`;
const main = (name: string) => `import { ${name} } from "./sum.mjs";\nconsole.log(${name}([1, 2, 3]));\n`;
const mean = (name: string) =>
  `import { ${name} } from "./sum.mjs";\n// calcless is another word.\nexport const mean = (values) => ${name}(values) / values.length;\n`;

export const renameSymbol: EvalTask = {
  name: "rename-symbol",
  about: "changes every use, and nothing that only looks like one",
  agent: "coder",
  instruction: "Rename the function calc to sumOf, with all its uses. Change nothing else.",
  files: { "sum.mjs": sum("calc"), "main.mjs": main("calc"), "mean.mjs": mean("calc") },
  needsSandbox: true,
  check: async (ended) =>
    all(
      succeeded(ended),
      ["sum.mjs", "main.mjs", "mean.mjs"].some((path) => /\bcalc\b/.test(ended.read(path) ?? "calc"))
        ? "A use of calc is left."
        : null,
      ended.read("mean.mjs")?.includes("calcless") ? null : "It changed the word calcless.",
      await runs(
        ended,
        "node main.mjs && node -e 'import(\"./mean.mjs\").then((m) => process.exit(m.mean([2, 4]) === 3 ? 0 : 1))'",
      ),
    ),
  scripts: {
    pass: writes({ "sum.mjs": sum("sumOf"), "main.mjs": main("sumOf"), "mean.mjs": mean("sumOf") }),
    wrong: writes({ "sum.mjs": sum("sumOf"), "main.mjs": main("sumOf") }),
  },
};
