/** The commands of webhooks, e-mail, secrets and the audit. */
import type { Define } from "@/scripts/cli/context/define";

export function defineSecurity(define: Define): void {
  define(
    "webhooks [verb] [target]",
    "list the webhooks, add URL, change ID, rotate the secret of ID, remove ID, or send ID a test message",
    async () => {
      return (await import("@/scripts/cli/settings/webhooks")).webhooks;
    },
  )
    .option("--url <url>", "change: the new address")
    .option(
      "--events <list>",
      "add, change: any of needs_you, tree_ended, tree_failed, schedule_paused, forge_stuck, limit; default of add: all",
    );
  define(
    "mail [verb] [server]",
    "show how e-mail is sent, set SERVER (smtp://USER@HOST:PORT or smtps://…), send a test message, or remove it",
    async () => (await import("@/scripts/cli/settings/mail")).mail,
  )
    .option("--to <list>", "set: receivers, separated by commas")
    .option("--from <address>", "set: the sender; default: the server's user, or the first receiver")
    .option(
      "--events <list>",
      "set: any of needs_you, tree_ended, tree_failed, schedule_paused, forge_stuck, limit; default: all",
    )
    .option("--password", "set: read the password from standard input");
  define("secrets [verb] [name]", "list the secrets, set or remove NAME, or rotate their key", async () => {
    return (await import("@/scripts/cli/settings/secrets")).secrets;
  });
  define(
    "audit [verb]",
    "list who did what, verify that nobody changed the record, or accept it as it is",
    async () => {
      return (await import("@/scripts/cli/commands/audit")).audit;
    },
  )
    .option("--limit <n>", "list: most rows, 1 to 1000; default: 50")
    .option("--after <cursor>", "list: continue after this cursor")
    .option("--actor <name>", "list: only actions of this person, program or agent")
    .option("--action <name>", "list: only this action, such as decide")
    .option("--tree <tree>", "list: only rows of this tree");
}
