/** The command for projects. */
import type { Define } from "@/scripts/cli/context/define";

export function defineProjects(define: Define): void {
  define(
    "project [verb] [target] [name] [repository]",
    "repositories that Banyan looks after, and the issues of their forges: list, add, show, change, remove, link, unlink, issues, look, pause or resume; repository add, change or remove",
    async () => {
      return (await import("./projects")).project;
    },
  )
    .option("--name <name>", "add: how it is called; default: the last part of its address")
    .option(
      "--branch <name>",
      "add, change, repository: the branch with which work begins; default: its default branch",
    )
    .option("--check <command>", "add, change, repository: the command that shows that it works")
    .option("--start <command>", "change: the command that starts its service in environments")
    .option("--previews <on|off>", "change: whether each pull request of Banyan's gets an environment")
    .option("--setup <command>", "add, change, repository: the command that installs its packages")
    .option("--agent <name>", "add, change: agent of new tasks that name none")
    .option("--model <model>", "add, change: model of new tasks that name none")
    .option("--forge <url>", "add: also link it with its repository at this address of a forge")
    .option("--label <label>", "add --forge, link: issues with this label become work; default: banyan")
    .option(
      "--rules <file>",
      "add --forge, link: a file with the rules of its pull requests, one a line: labels, reviewers, merges",
    )
    .option("--jira <address>", 'add --forge, link: the project of Jira that has the issues; "" for the forge itself')
    .option("--most-open <n>", "add --forge, link: issues in work at a time; default: 3")
    .option("--max-cost-usd <x>", "add, change: limit of new tasks that name none, in dollars")
    .option("--folder <name>", "repository add: its folder in the trees; default: the last part of its address")
    .option("--needs <folders>", 'repository add, change: those merged before it, with commas; "" for none')
    .option("--needed-by <folders>", "repository add: those merged after it; default: the project's own");
  define(
    "insights [project] [verb] [insight]",
    "what is worth doing in a project's repository: list, look, dismiss or reopen",
    async () => (await import("./insights")).insights,
  )
    .option("--look", "look at the repository again first")
    .option("--kind <kind>", "only insights of this kind, such as hotspot or duplicate")
    .option("--markdown", "print a report in Markdown")
    .option("--report <file>", "write the report into this new file")
    .option("--reason <text>", "dismiss: why");
}
