/** The command for projects. */
import { type Define, of, onlyOf } from "@/scripts/cli/context/define";

export function defineProjects(define: Define): void {
  define(
    "project [verb] [target] [name] [repository]",
    "repositories that Banyan looks after, and the issues of their forges: list, add, show, change, clean, remove, link, unlink, issues, look, pause or resume; repository add, change or remove",
    async () => {
      return (await import("./projects")).project;
    },
  )
    .addOption(of(["add"], "--name <name>", "how it is called; default: the last part of its address"))
    .addOption(
      of(
        ["add", "change", "repository"],
        "--branch <name>",
        "the branch with which work begins; default: its default branch",
      ),
    )
    .addOption(of(["add", "change", "repository"], "--check <command>", "the command that shows that it works"))
    .addOption(of(["change"], "--start <command>", "the command that starts its service in environments"))
    .addOption(of(["change"], "--previews <on|off>", "whether each pull request of Banyan's gets an environment"))
    .addOption(of(["add", "change", "repository"], "--setup <command>", "the command that installs its packages"))
    .addOption(of(["add", "change"], "--agent <name>", "agent of new tasks that name none"))
    .addOption(of(["add", "change"], "--model <model>", "model of new tasks that name none"))
    .addOption(
      of(["add"], "--forge <url>", "also link it with its repository at this address of a forge, as `link` does"),
    )
    .addOption(of(["add", "link"], "--label <label>", "issues with this label become work; default: banyan"))
    .addOption(
      of(
        ["add", "link"],
        "--rules <file>",
        "a file with the rules of its pull requests, one a line: labels, reviewers, merges",
      ),
    )
    .addOption(
      of(["add", "link"], "--jira <address>", 'the project of Jira that has the issues; "" for the forge itself'),
    )
    .addOption(of(["add", "link"], "--most-open <n>", "issues in work at a time; default: 3"))
    .addOption(of(["link"], "--new-secret", "replace the secret of the forge's webhook, when it is lost"))
    .addOption(of(["add", "change"], "--max-cost-usd <x>", "limit of new tasks that name none, in dollars"))
    .addOption(
      of(["repository"], "--folder <name>", "its folder in the trees, for add; default: the last part of its address"),
    )
    .addOption(
      of(["repository"], "--needs <folders>", 'those merged before it, with commas, for add and change; "" for none'),
    )
    .addOption(
      of(["repository"], "--needed-by <folders>", "those merged after it, for add; default: the project's own"),
    );
  const insights = define(
    "insights [project] [verb] [insight]",
    "what is worth doing in a project's repository: list, look, dismiss or reopen",
    async () => (await import("./insights")).insights,
  )
    .option("--look", "look at the repository again first")
    .option("--kind <kind>", "only insights of this kind, such as hotspot or duplicate")
    .option("--markdown", "print a report in Markdown")
    .option("--report <file>", "write the report into this new file")
    .addOption(of(["dismiss"], "--reason <text>", "why"));
  onlyOf(insights, [""]);
}
