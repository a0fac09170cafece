/** `webhooks`: lists, adds, changes, removes and tests webhooks. */
import { WEBHOOK_EVENTS, type Webhook } from "@/core/shapes/webhooks";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine } from "@/scripts/cli/print/text";

type Arguments = (string | undefined)[];

const VERBS: Record<string, (context: Context, target: string | undefined, flags: Flags) => Promise<number>> = {
  list: (context, target) => {
    if (target !== undefined) throw new UsageError("`banyan webhooks list` takes no arguments: it lists them all.");
    return list(context);
  },
  add,
  change,
  rotate: (context, target) => {
    const id = named("rotate", target);
    return told(context, ({ commands }) => commands.rotateWebhookSecret({ id }));
  },
  remove: (context, target) => {
    const id = named("remove", target);
    return told(context, ({ commands }) => commands.removeWebhook({ id }));
  },
  test: (context, target) => {
    const id = named("test", target);
    return told(context, ({ commands }) => commands.testWebhook({ id }));
  },
};

export async function webhooks(context: Context, [verb = "list", target]: Arguments, flags: Flags): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run) {
    const verbs = "list, add URL, change ID, rotate ID, remove ID or test ID";
    throw new UsageError(`There is no \`banyan webhooks ${verb}\`: use ${verbs}.`);
  }
  return run(context, target, flags);
}

function named(verb: string, target: string | undefined): string {
  if (target) return target;
  throw new UsageError(`Say which webhook: npx banyan webhooks ${verb} ID. \`npx banyan webhooks\` lists them.`);
}

async function add(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  if (!target) throw new UsageError("Say where to send: npx banyan webhooks add https://example.org/hook.");
  const events = eventsOf(flags) ?? [...WEBHOOK_EVENTS];
  return withActing(
    context,
    async ({ application }) => {
      const added = await application.commands.addWebhook({ url: target, events });
      tell(context, added);
      return 0;
    },
    // Adding a webhook may come before the database exists.
    { migrate: true },
  );
}

function change(context: Context, target: string | undefined, flags: Flags): Promise<number> {
  const id = named("change", target);
  const events = eventsOf(flags);
  const url = textFlag(flags, "url");
  if (url === undefined && events === undefined)
    throw new UsageError(`Say what to change: npx banyan webhooks change ${id} --url URL --events LIST.`);
  return told(context, ({ commands }) => commands.changeWebhook({ id, url, events }));
}

function eventsOf(flags: Flags): string[] | undefined {
  return textFlag(flags, "events")
    ?.split(",")
    .map((part) => part.trim());
}

type Acting = Parameters<Parameters<typeof withActing>[1]>[0];

async function told(context: Context, what: (application: Acting["application"]) => Promise<Told>): Promise<number> {
  return withActing(context, async ({ application }) => {
    tell(context, await what(application));
    return 0;
  });
}

interface Told {
  sentence: string;
  secret?: string;
}

function tell({ json }: Context, told: Told): void {
  if (json) printJson(told);
  else {
    print(told.sentence);
    if (told.secret !== undefined) print(told.secret);
  }
}

async function list(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listWebhooks();
    if (context.json) {
      printJson({ items: found, next: null });
      return 0;
    }
    if (found.length === 0) print("There are no webhooks: add one with npx banyan webhooks add URL.");
    for (const webhook of found) {
      print(`${webhook.id}  ${oneLine(webhook.url)}  ${webhook.events.join(", ")}`);
      print(`  ${lastText(webhook)}`);
    }
    return 0;
  });
}

function lastText({ deliveries: [last] }: Webhook): string {
  if (!last) return "Nothing sent yet.";
  const answer = last.answer === null ? "" : ` (${oneLine(last.answer)})`;
  return `Last: ${last.type}, ${last.status}${answer}, ${last.created_at}`;
}
