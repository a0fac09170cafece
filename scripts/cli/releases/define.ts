/** The commands of releases and of the gates that judge them. */
import { type Define, page } from "@/scripts/cli/context/define";

export function defineReleases(define: Define): void {
  page(
    define(
      "gate-runs [run]",
      "list the runs of the gates on changes by agents, or show the report of one",
      async () => {
        return (await import("./gate-runs")).gateRuns;
      },
    ),
  );
  define(
    "upgrade [package]",
    "take the newest version: a clone pulls and builds it and the server hands over; an installed package takes the package file or address that you name",
    async () => {
      return (await import("./upgrade")).upgrade;
    },
  );
  define(
    "releases [verb] [n]",
    "list the releases of Banyan, and which one serves; confirm N, go back N, or resume after too many were taken back",
    async () => {
      return (await import("./releases")).releases;
    },
  );
  define(
    "launcher <verb>",
    "install: put the checkout's launcher into its folder; the next start uses it",
    async () => {
      return (await import("./releases")).launcher;
    },
  );
}

export function defineGates(define: Define): void {
  define("gates <folder>", "judge a change of a git repository: tests, build, secrets, packages and more", async () => {
    return (await import("@/scripts/cli/commands/gates")).gates;
  })
    .option("--base <ref>", "judge against this commit; default: HEAD, or the parent of --head")
    .option("--head <ref>", "judge this commit; default: the files in the folder")
    .option("--only <gates>", "only these gates, separated by commas")
    .option("--markdown <file>", "also write the report as Markdown")
    .option("--sarif <file>", "also write the report as SARIF 2.1.0, for code scanning")
    .option("--junit <file>", "also write the report as JUnit XML")
    .option("--github", "also print annotations for GitHub Actions, and write the summary of the job")
    .option("--evidence <dir>", "a new folder for what the gates saw; default: below ~/.local/state/banyan/gates")
    .option("--seed <text>", "draw the same mutants as the run with this seed")
    .option("--gaps", "judge nothing: list the lines that no test reaches, in the files that the change edits")
    .option("--all", "for --gaps: in all files of code")
    .option("--run <command>", "judge nothing: run this command as the gates would, on a copy of the files")
    .option("--sandbox <profile>", "for --run: strict or nested; default: that of the tests")
    .option("--minutes <n>", "for --run: how long it may take; default: the tests' time")
    .option("--progress", "print each gate as it begins, also where standard error is no terminal")
    .option("--first", "only the first part: the tests that the change can reach; a change with flags is judged whole")
    .option("--fail-on-flags", "exit with 1 also when a person has to look at something");
}
