import { all, holds, succeeded } from "../task/checks";
import { writes } from "../task/replies";
import type { EvalTask } from "../task/task";

export const countDays: EvalTask = {
  name: "count-days",
  about: "reckons with dates over a leap day",
  agent: "worker",
  instruction:
    "project.json holds the first and the last day of a project; both count. Write the number of days, and nothing else, into days.txt.",
  files: { "project.json": '{ "first": "2028-02-20", "last": "2028-03-15" }\n' },
  check: (ended) => all(succeeded(ended), holds(ended, "days.txt", "25")),
  scripts: { pass: writes({ "days.txt": "25\n" }), wrong: writes({ "days.txt": "24\n" }) },
};
