import { all, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

const ROWS = [
  { id: 1, name: "Marta, Ltd.", open: true },
  { id: 2, name: 'The "Old" Mill', open: false },
  { id: 3, name: "Nord", open: true },
];

export const convertTable: EvalTask = {
  name: "convert-table",
  about: "keeps quotes and commas when it converts a table",
  agent: "worker",
  instruction:
    "Convert firms.csv to firms.json: a list of objects with the fields id (number), name (text) and open (true or false), in the order of the table.",
  files: { "firms.csv": 'id,name,open\n1,"Marta, Ltd.",yes\n2,"The ""Old"" Mill",no\n3,Nord,yes\n' },
  check(ended) {
    const text = ended.read("firms.json");
    if (text === null) return "There is no firms.json.";
    try {
      const isRight = JSON.stringify(JSON.parse(text)) === JSON.stringify(ROWS);
      return all(succeeded(ended), isRight ? null : `firms.json holds ${text.slice(0, 300)}.`);
    } catch {
      return "firms.json is not JSON.";
    }
  },
  scripts: {
    pass: writes({ "firms.json": JSON.stringify(ROWS, null, 2) }),
    wrong: writes({ "firms.json": JSON.stringify(ROWS.map((row) => ({ ...row, name: row.name.split(",")[0] }))) }),
  },
};
