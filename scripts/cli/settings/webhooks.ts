/** `webhooks`: lists, adds, removes and tests webhooks. */
import { WEBHOOK_EVENTS, type Webhook } from "@/core/shapes/webhooks";
import { actor, type Context, type Flags, withActing, withLooking } from "@/scripts/cli/context/context";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

type Arguments = (string | undefined)[];

const VERBS: Record<string, (context: Context, target: string | undefined, flags: Flags) => Promise<number>> = {
  list: (context, target) => {
    if (target !== undefined) throw new UsageError("`banyan webhooks list` takes no arguments: it lists them all.");
    return list(context);
  },
  add,
  remove: (context, target) => {
    const id = named("remove", target);
    return told(context, ({ commands }) => commands.removeWebhook(id, actor()));
  },
  test: (context, target) => {
    const id = named("test", target);
    return told(context, ({ commands }) => commands.testWebhook(id, actor()));
  },
};

export async function webhooks(context: Context, [verb = "list", target]: Arguments, flags: Flags): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run) throw new UsageError(`There is no \`banyan webhooks ${verb}\`: use list, add URL, remove ID or test ID.`);
  return run(context, target, flags);
}

function named(verb: string, target: string | undefined): string {
  if (target) return target;
  throw new UsageError(`Say which webhook: npx banyan webhooks ${verb} ID. \`npx banyan webhooks\` lists them.`);
}

async function add(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  if (!target) throw new UsageError("Say where to send: npx banyan webhooks add https://example.org/hook.");
  const events = typeof flags.events === "string" ? flags.events.split(",").map((one) => one.trim()) : WEBHOOK_EVENTS;
  return withActing(
    context,
    async ({ application }) => {
      const added = await application.commands.addWebhook({ url: target, events }, actor());
      if (context.json) printJson(added);
      else {
        print(added.sentence);
        print(added.secret);
      }
      return 0;
    },
    // Adding a webhook may come before the database exists.
    { migrate: true },
  );
}

type Acting = Parameters<Parameters<typeof withActing>[1]>[0];

async function told(
  context: Context,
  what: (application: Acting["application"]) => Promise<{ sentence: string }>,
): Promise<number> {
  return withActing(context, async ({ application }) => {
    const done = await what(application);
    if (context.json) printJson(done);
    else print(done.sentence);
    return 0;
  });
}

async function list(context: Context): Promise<number> {
  return withLooking(context, async ({ queries }) => {
    const found = await queries.listWebhooks();
    if (context.json) {
      printJson({ items: found, next: null });
      return 0;
    }
    if (found.length === 0) print("There are no webhooks: add one with npx banyan webhooks add URL.");
    for (const one of found) {
      print(`${one.id}  ${oneLine(one.url)}  ${one.events.join(", ")}`);
      print(`  ${lastText(one)}`);
    }
    return 0;
  });
}

function lastText({ deliveries: [last] }: Webhook): string {
  if (!last) return "Nothing sent yet.";
  const answer = last.answer === null ? "" : ` (${oneLine(last.answer)})`;
  return `Last: ${last.type}, ${last.status}${answer}, ${last.created_at}`;
}
