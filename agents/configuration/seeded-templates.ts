import type { Template } from "@/core/shapes/trees";

const seeded = (name: string, submission: Template["submission"]): Template => ({ name, saved_by: null, submission });

/** Banyan's own templates. People replace the placeholders in angle brackets. */
export const SEEDED_TEMPLATES: readonly Template[] = [
  seeded("Fix a failing test", {
    task: "The test <name> fails. Find out why and fix the cause, not the test.",
    criteria: "The test passes ten times in a row, and every other test still passes.",
    grant: { cost_usd: 5, seconds: 3_600 },
  }),
  seeded("Upgrade a dependency", {
    task: "Upgrade <package> to its newest version. Follow its migration guide, and adapt our code.",
    criteria: "Every test passes, the build succeeds, and only <package> and what it needs has another version.",
    grant: { cost_usd: 10, tasks: 40, seconds: 7_200 },
  }),
  seeded("Survey a repository", {
    task: "Survey this repository: languages, sizes, largest and most changed files, TODOs, tests, licences.",
    runbook: "repository-survey",
  }),
  seeded("Check the dependencies", {
    task: "Check the dependencies of this repository.",
    runbook: "dependency-check",
  }),
  seeded("Explain a piece of code", {
    task: "Explain how <part> of this repository works: what it does, what calls it, and what would break if it changed. Change nothing.",
    rights: ["read"],
    grant: { cost_usd: 2 },
  }),
];
