/** `clean`, `pin` and `unpin`: which ended trees retention removes. */
import { resolve } from "node:path";
import type { RetentionPreview } from "@/core/shapes/retention";
import { bytes, plural } from "@/core/words/figures";
import { archiveSentence, GOES_WORDS, KEPT_WORDS, retentionSentence } from "@/core/words/retention";
import { MOST_RETENTION_DAYS, MOST_RETENTION_MB } from "@/lib/env/retention";
import { type Context, type Flags, withActing, withReadRuntime } from "@/scripts/cli/context/context";
import { numberFlag, textFlag } from "@/scripts/cli/context/flags";
import { print, printJson, UsageError } from "@/scripts/cli/print/output";
import { act } from "./act";

type Arguments = (string | undefined)[];

export async function clean(context: Context, _: Arguments, flags: Flags): Promise<number> {
  const days = numberFlag(flags, "olderThan", { whole: true, least: 1, most: MOST_RETENTION_DAYS });
  const max_mb = numberFlag(flags, "maxMb", { whole: true, least: 1, most: MOST_RETENTION_MB });
  const change = {
    days: numberFlag(flags, "setDays", { whole: true, least: 0, most: MOST_RETENTION_DAYS }),
    max_mb: numberFlag(flags, "setMb", { whole: true, least: 0, most: MOST_RETENTION_MB }),
    keep_goals: goalsFlag(flags),
    archive: archiveFlag(flags),
  };
  const folder = textFlag(flags, "archive");
  const archive_to = folder === undefined ? undefined : resolve(context.cwd, folder);
  const isSetting = Object.values(change).some((value) => value !== undefined);
  if (isSetting && [days, max_mb, archive_to, flags.preview].some((value) => value !== undefined))
    throw new UsageError("--set-… sets what the server does, the other options clean now: give one or the other.");
  if (isSetting) return act(context, ({ application }) => application.commands.setRetention(change));
  if (flags.preview === true)
    return withReadRuntime(context, async ({ queries }) => {
      const found = await queries.previewRetention({ days, max_mb });
      if (context.json) printJson(found);
      else show(found);
      return 0;
    });
  return withActing(context, async ({ application }) => {
    const { commands } = application;
    const limits = { days, max_mb };
    const done = await (archive_to === undefined
      ? commands.cleanNow(limits)
      : commands.archiveAndClean({ ...limits, archive_to }));
    if (context.json) printJson(done);
    else print(done.sentence);
    return 0;
  });
}

function goalsFlag(flags: Flags): boolean | undefined {
  const word = textFlag(flags, "setGoals");
  if (word === undefined) return undefined;
  if (word === "keep" || word === "remove") return word === "keep";
  throw new UsageError(`--set-goals cannot be "${word}": use keep or remove.`);
}

function archiveFlag(flags: Flags): boolean | undefined {
  const word = textFlag(flags, "setArchive");
  if (word === undefined) return undefined;
  if (word === "on" || word === "off") return word === "on";
  throw new UsageError(`--set-archive cannot be "${word}": use on or off.`);
}

function show({ settings, items, kept, size_bytes, more }: RetentionPreview): void {
  if (settings.days === null && settings.max_mb === null) print(retentionSentence(settings));
  for (const { id, title, ended_at, size_bytes: size, why } of items)
    print(`goes   ${id.slice(0, 8)}  ${ended_at.slice(0, 10)}  ${bytes(size)}  ${title}  (${GOES_WORDS[why]})`);
  for (const { id, title, ended_at, size_bytes: size, why } of kept)
    print(`stays  ${id.slice(0, 8)}  ${ended_at.slice(0, 10)}  ${bytes(size)}  ${title}  (${KEPT_WORDS[why]})`);
  if (more) print("There are more trees than are listed.");
  print(
    `${plural(items.length, "tree")} would go, about ${bytes(size_bytes)}. ${plural(kept.length, "tree")} would stay.`,
  );
  if (items.length > 0 && settings.archive !== null) print(archiveSentence(settings.archive));
}

export const pin = (context: Context, [id = ""]: Arguments) =>
  act(context, ({ application }) => application.commands.pinTree({ id }));

export const unpin = (context: Context, [id = ""]: Arguments) =>
  act(context, ({ application }) => application.commands.unpinTree({ id }));
