import type { Template } from "@/core/shapes/trees";

const seeded = (name: string, submission: Template["submission"]): Template => ({ name, saved_by: null, submission });

/** Banyan's own templates. People replace the placeholders in angle brackets. */
export const SEEDED_TEMPLATES: readonly Template[] = [
  seeded("Fix a failing test", {
    task: "The test <name> fails. Find out why and fix the cause, not the test.",
    criteria: "The test passes ten times in a row, and every other test still passes.",
    grant: { cost_usd: 5, seconds: 3_600 },
  }),
  seeded("Make the tests pass", {
    task: "Make every test of this repository pass. Fix the causes, not the tests.",
    goal: { validation_command: "npm test", max_iterations: 20 },
    grant: { cost_usd: 10 },
  }),
  seeded("Raise the test coverage", {
    task: "Raise the line coverage of the tests to <80> %. Test what the code does for its users, not how it does it.",
    goal: { max_iterations: 30, max_minutes: 120 },
    grant: { cost_usd: 15 },
  }),
  seeded("Upgrade a dependency", {
    task: "Upgrade <package> to its newest version. Follow its migration guide, and adapt our code.",
    goal: {
      validation_command: "npm test",
      criteria: [
        {
          statement:
            "The dependency that the goal names has its newest version, and every other one the version it had.",
        },
        { statement: "The code follows the migration guide of the new version, without deprecated calls." },
      ],
      max_iterations: 20,
      max_minutes: 120,
    },
    grant: { cost_usd: 10 },
  }),
  seeded("Build an application", {
    task: "Build <what it does, for whom, and with what>. With tests of everything that a user does, and a README that says how to start it.",
    goal: { max_minutes: 240 },
    grant: { cost_usd: 25 },
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
