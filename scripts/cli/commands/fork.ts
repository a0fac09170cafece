/** `fork`: starts a new tree from a message of another tree, and follows it to the end as `run` does. */
import type { ForkRequest, ForkVersion } from "@/core/shapes/submission";
import { turnText } from "@/core/words/forks";
import { type Context, type Flags, withActing } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, UsageError, warn } from "@/scripts/cli/print/output";
import { short } from "@/scripts/cli/print/words";
import { type Arguments, taskOf } from "./act";
import { follow } from "./follow";
import { detach } from "./run";

export async function fork(context: Context, [id = ""]: Arguments, flags: Flags): Promise<number> {
  const request = requestOf(flags);
  return withActing(context, async (acting) => {
    const tree = await acting.application.commands.fork({ id: taskOf(acting.store, id), ...request });
    const from = tree.forked_from;
    const origin = from
      ? `Forked from tree ${short(from.tree_id)}, from ${turnText(from) ?? `message #${from.seq}`}.`
      : "";
    if (!context.json && !flags.detach) print(origin);
    if (flags.detach) return detach(context, acting, tree);
    const status = await follow(context, acting, tree.id);
    if (!context.json && from)
      warn(`Compare it with its origin: npx banyan compare ${short(from.tree_id)} ${short(tree.id)}`);
    return status;
  });
}

function requestOf(flags: Flags): ForkRequest {
  const at = typeof flags.at === "string" ? flags.at.replace(/^#/, "") : undefined;
  const given: ForkRequest = {
    at: numberFlag({ at }, "at", { whole: true, least: 1 }),
    instruction: textFlag(flags, "instruction"),
    agent: textFlag(flags, "agent"),
    model: textFlag(flags, "model"),
    message: textFlag(flags, "message"),
    versions: versionsFlag(flags),
    lessons: lessonsFlag(flags),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

const VERSION = /^(?<kind>agent|document):(?<name>[^:@]+)@(?<version>[1-9]\d{0,8})$/;

/** Reads `agent:coder@3,document:style@2`. Throws UsageError. */
function versionsFlag(flags: Flags): ForkVersion[] | undefined {
  return listFlag(flags, "with")?.map((one) => {
    const { kind, name = "", version } = VERSION.exec(one)?.groups ?? {};
    if (kind === "agent" || kind === "document") return { kind, name, version: Number(version) };
    throw new UsageError(
      `--with cannot be "${one}": name agents and documents with their versions, such as agent:coder@3,document:style@2.`,
    );
  });
}

/** Throws UsageError. */
function lessonsFlag(flags: Flags): ForkRequest["lessons"] {
  const [first, ...others] = listFlag(flags, "lessons") ?? [];
  if (first === undefined) return undefined;
  if (first !== "with" && first !== "without") return [first, ...others];
  if (others.length === 0) return first;
  throw new UsageError(`--lessons cannot be "${flags.lessons}": use with, without, or only ids of lessons.`);
}

/** Returns the parts of a flag that are separated by commas. Throws UsageError for a flag without any. */
function listFlag(flags: Flags, name: "with" | "lessons"): string[] | undefined {
  const given = textFlag(flags, name);
  const parts = given
    ?.split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  if (parts?.length === 0) throw new UsageError(`--${name} is empty: ${NEEDS[name]}.`);
  return parts;
}

const NEEDS = {
  with: "name versions, such as agent:coder@3",
  lessons: "use with, without, or ids of lessons, separated by commas",
};
