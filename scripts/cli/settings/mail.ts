/** `mail`: shows, sets, tests and removes e-mail. */
import { WEBHOOK_EVENTS } from "@/core/shapes/webhooks";
import { type Arguments, act } from "@/scripts/cli/commands/act";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { readSecret } from "@/scripts/cli/context/secret-text";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

export async function mail(context: Context, [verb, server]: Arguments, flags: Flags): Promise<number> {
  if (verb === undefined) return show(context);
  if (verb === "set") return set(context, server, flags);
  if (verb === "test") return act(context, ({ application }) => application.commands.testMail());
  if (verb === "remove") return act(context, ({ application }) => application.commands.removeMail());
  throw new UsageError(`There is no \`banyan mail ${verb}\`: use set SERVER, test or remove, or no verb.`);
}

async function set(context: Context, url: string | undefined, flags: Flags): Promise<number> {
  const to = listFlag(flags, "to");
  if (!url || !to)
    throw new UsageError("Say where: npx banyan mail set smtp://USER@HOST:587 --to you@example.org --password.");
  const password = flags.password === true ? await readSecret("the password") : undefined;
  const change = {
    url,
    to,
    from: textFlag(flags, "from"),
    events: listFlag(flags, "events") ?? [...WEBHOOK_EVENTS],
    password,
  };
  return withActing(
    context,
    async ({ application }) => {
      const answer = await application.commands.setMail(change);
      if (context.json) printJson(answer);
      else print(answer.sentence);
      return 0;
    },
    // Setting up e-mail may come before the database exists.
    { migrate: true },
  );
}

function listFlag(flags: Flags, name: string): string[] | undefined {
  return textFlag(flags, name)
    ?.split(",")
    .map((part) => part.trim());
}

function show(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.getMail();
    const [last] = found.deliveries;
    if (context.json) printJson(found);
    else if (found.url === null) print("No e-mail is sent: set it up with npx banyan mail set SERVER --to ADDRESS.");
    else {
      print(`${oneLine(found.url)}  from ${found.from}  to ${found.to.join(", ")}  ${found.events.join(", ")}`);
      print(
        last
          ? `Last: ${last.type}, ${last.status}${last.answer === null ? "" : ` (${oneLine(last.answer)})`}`
          : "Nothing sent yet.",
      );
    }
    return 0;
  });
}
