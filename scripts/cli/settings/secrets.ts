/** `secrets`: lists, sets, removes and rotates secrets. A value is never an argument, which the shell's history and the process list would show. */
import { type Context, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { readSecret } from "@/scripts/cli/context/secret-text";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { oneLine, padTo } from "@/scripts/cli/print/text";

export type Arguments = (string | undefined)[];

const VERBS: Record<string, (context: Context, name: string | undefined) => Promise<number>> = {
  list: (context, name) => {
    if (name !== undefined) throw new UsageError("`banyan secrets list` takes no arguments: it lists them all.");
    return list(context);
  },
  set: async (context, name) => {
    const wanted = nameOf("set", name);
    const value = await readSecret(wanted);
    return act(context, ({ commands }) => commands.setSecret({ id: wanted, value }));
  },
  remove: (context, name) => {
    const wanted = nameOf("remove", name);
    return act(context, ({ commands }) => commands.removeSecret({ id: wanted }));
  },
  rotate: (context, name) => {
    if (name !== undefined)
      throw new UsageError("`banyan secrets rotate` takes no arguments: it rotates the key of all secrets.");
    return act(context, ({ commands }) => commands.rotateSecrets());
  },
};

export async function secrets(context: Context, [verb = "list", name]: Arguments): Promise<number> {
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (!run) throw new UsageError(`There is no \`banyan secrets ${verb}\`: use list, set NAME, remove NAME or rotate.`);
  return run(context, name);
}

function nameOf(verb: string, name: string | undefined): string {
  if (name) return name;
  throw new UsageError(`Name the secret: npx banyan secrets ${verb} NAME.`);
}

type Acting = Parameters<Parameters<typeof withActing>[1]>[0];

async function act(
  context: Context,
  what: (application: Acting["application"]) => Promise<{ sentence: string }>,
): Promise<number> {
  return withActing(
    context,
    async ({ application }) => {
      const done = await what(application);
      if (context.json) printJson(done);
      else print(done.sentence);
      return 0;
    },
    // Setting a key may be a user's first command, before the database exists.
    { migrate: true },
  );
}

async function list(context: Context): Promise<number> {
  return withReadRuntime(context, async ({ queries }) => {
    const found = await queries.listSecrets();
    if (context.json) {
      printJson({ items: found, next: null });
      return 0;
    }
    if (found.length === 0) print("There are no secrets: set one with npx banyan secrets set NAME.");
    const width = Math.max(0, ...found.map(({ name }) => name.length));
    for (const { name, last_four, updated_at, updated_by } of found)
      print(
        `${padTo(name, width)}  ${last_four ? `…${oneLine(last_four)}` : "     "}  ${updated_at} by ${oneLine(updated_by)}`,
      );
    return 0;
  });
}
