/** `audit`: lists who did what, and verifies that nobody has changed the record. */
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { needsReader } from "@/scripts/cli/context/interrupt";
import { print, printJson, UsageError, warn } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

type Arguments = (string | undefined)[];

const VERBS: Record<string, (context: Context, flags: Flags) => Promise<number>> = { list, verify, accept };

export async function audit(context: Context, [verb = "list"]: Arguments, flags: Flags): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run) throw new UsageError(`There is no \`banyan audit ${verb}\`: use list, verify or accept.`);
  return run(context, flags);
}

async function list(context: Context, flags: Flags): Promise<number> {
  const limit = numberFlag(flags, "limit", { whole: true, least: 1, most: 1_000 }) ?? 50;
  const [after, by, action, tree] = ["after", "actor", "action", "tree"].map((name) => textFlag(flags, name));
  return withReadRuntime(context, async ({ queries }) => {
    const page = await queries.listAudit({ after, limit, actor: by, action, tree });
    if (context.json) {
      printJson(page);
      return 0;
    }
    if (page.items.length === 0) print("No matching rows in the audit.");
    for (const row of page.items) {
      const on = row.subject ? ` ${oneLine(row.subject)}` : "";
      print(
        `${padTo(String(row.id), 6)}  ${row.at}  ${oneLine(row.actor)}  ${oneLine(row.action)}${on}  ${oneLine(row.detail)}`,
      );
    }
    if (page.next) warn(`More rows: add --after ${page.next}.`);
    return 0;
  });
}

/** Exits with 1 when a row was altered or is missing. */
async function verify(context: Context): Promise<number> {
  needsReader();
  return withReadRuntime(context, async ({ queries }) => {
    const verdict = await queries.verifyAudit();
    if (context.json) printJson(verdict);
    else if (verdict.ok) print(`The audit is intact: verified ${verdict.rows} rows against ${verdict.anchor}.`);
    else for (const { sentence } of verdict.faults) print(sentence);
    return verdict.ok ? 0 : 1;
  });
}

async function accept(context: Context): Promise<number> {
  return withActing(context, async ({ application }) => {
    const done = await application.commands.acceptAudit();
    if (context.json) printJson(done);
    else print(done.sentence);
    return 0;
  });
}
