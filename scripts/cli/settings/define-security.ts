/** The commands of webhooks, e-mail, secrets and the audit. */
import { type Define, of } from "@/scripts/cli/context/define";

export function defineSecurity(define: Define): void {
  define(
    "webhooks [verb] [target]",
    "list the webhooks, add URL, change ID, rotate the secret of ID, remove ID, or send ID a test message",
    async () => {
      return (await import("@/scripts/cli/settings/webhooks")).webhooks;
    },
  )
    .addOption(of(["change"], "--url <url>", "the new address"))
    .addOption(
      of(
        ["add", "change"],
        "--events <list>",
        "any of needs_you, tree_ended, tree_failed, schedule_paused, forge_stuck, limit; default of add: all",
      ),
    );
  define(
    "mail [verb] [server]",
    "show how e-mail is sent, set SERVER (smtp://USER@HOST:PORT or smtps://…), send a test message, or remove it",
    async () => (await import("@/scripts/cli/settings/mail")).mail,
  )
    .addOption(of(["set"], "--to <list>", "receivers, separated by commas"))
    .addOption(of(["set"], "--from <address>", "the sender; default: the server's user, or the first receiver"))
    .addOption(
      of(
        ["set"],
        "--events <list>",
        "any of needs_you, tree_ended, tree_failed, schedule_paused, forge_stuck, limit; default: all",
      ),
    )
    .addOption(of(["set"], "--password", "read the password from standard input"));
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
    .addOption(of(["list"], "--limit <n>", "most rows, 1 to 1000; default: 50"))
    .addOption(of(["list"], "--after <cursor>", "continue after this cursor"))
    .addOption(of(["list"], "--actor <name>", "only actions of this person, program or agent"))
    .addOption(of(["list"], "--action <name>", "only this action, such as decide"))
    .addOption(of(["list"], "--tree <tree>", "only rows of this tree"));
}
