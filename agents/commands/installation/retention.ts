/** Commands for retention: what may be removed, removing it now, and pins that keep a tree. */
import { type Commands, UserError } from "@/agents/application";
import { givenLimits, type RetentionQuerySources, refuseNumber } from "@/agents/queries/retention";
import { type CleanSources, clean, unarchivedSentence } from "@/agents/retention/clean";
import { limitsOf } from "@/agents/retention/fates";
import { removesAnything } from "@/core/rules/retention";
import { bytes, plural } from "@/core/words/figures";
import { retentionSentence } from "@/core/words/retention";
import type { StoredRetention } from "@/db/records/retention-record";
import type { Store } from "@/db/store";
import { MOST_RETENTION_DAYS, MOST_RETENTION_MB } from "@/lib/env/retention";

interface Sources extends CleanSources {
  store: Pick<Store, "client" | "queries" | "retention" | "retentionTrees">;
  retentionSettings: RetentionQuerySources["retentionSettings"];
}

type RetentionCommands = Pick<Commands, "setRetention" | "cleanNow" | "pinTree" | "unpinTree">;

export function createRetentionCommands(sources: Sources, ids: { tree(id: string): string }): RetentionCommands {
  const { store, retentionSettings } = sources;
  const pin = async (id: string, by: string | null) => {
    const isChanged = await store.retentionTrees.pin(store.queries.trees.treeKey(ids.tree(id)), by);
    if (by !== null)
      return { sentence: isChanged ? "Pinned. Retention keeps this tree." : "The tree was pinned already." };
    return { sentence: isChanged ? "Unpinned. Retention may remove this tree." : "The tree was not pinned." };
  };
  return {
    async setRetention(change) {
      await store.retention.set(checked(sources, change));
      const { days, bytes: most, keepsGoals, archives } = limitsOf(store.retention.read().limits, retentionSettings);
      const max_mb = most === null ? null : most / 1_000_000;
      return {
        sentence: retentionSentence({ days, max_mb, keep_goals: keepsGoals, archive: archives?.folder ?? null }),
      };
    },
    async cleanNow(given) {
      const { archive_to } = given;
      const limits = {
        ...givenLimits(sources, given),
        ...(archive_to !== undefined && { archives: { folder: archive_to } }),
      };
      if (!removesAnything(limits))
        throw new UserError("invalid", "Nothing says what may go: give days or a size, or set a limit first.");
      const done = await clean(sources, limits, "person");
      if (!done) throw new UserError("conflict", "Banyan already removes old trees: wait until it is done.");
      const stayed = unarchivedSentence(done);
      const rest = stayed === null ? "" : ` ${stayed}`;
      const sentence = `Removed ${plural(done.removed, "tree")}, about ${bytes(done.bytes)}.${rest}`;
      return { sentence, removed: done.removed, size_bytes: done.bytes };
    },
    pinTree: (id, actor) => pin(id, actor.name),
    unpinTree: (id) => pin(id, null),
  };
}

/** Returns the change as it is stored. Throws UserError. */
function checked(
  { retentionSettings: fixed }: Sources,
  { days, max_mb, keep_goals, archive }: Parameters<Commands["setRetention"]>[0],
): Partial<StoredRetention> {
  if ([days, max_mb, keep_goals, archive].every((one) => one === undefined))
    throw new UserError("invalid", 'Nothing to change: give "days", "max_mb", "keep_goals" or "archive".');
  if (days !== undefined && fixed.days !== null) throw decidedBy("BANYAN_RETENTION_DAYS");
  if (max_mb !== undefined && fixed.megabytes !== null) throw decidedBy("BANYAN_RETENTION_MB");
  if (keep_goals !== undefined && fixed.keepsGoals !== null) throw decidedBy("BANYAN_RETENTION_GOALS");
  if (archive !== undefined && (fixed.archiveFolder ?? null) !== null) throw decidedBy("BANYAN_RETENTION_ARCHIVE");
  refuseNumber("days", days, 0, MOST_RETENTION_DAYS);
  refuseNumber("max_mb", max_mb, 0, MOST_RETENTION_MB);
  return {
    ...(days !== undefined && { days }),
    ...(max_mb !== undefined && { megabytes: max_mb }),
    ...(keep_goals !== undefined && { keepsGoals: keep_goals }),
    ...(archive !== undefined && { archives: archive }),
  };
}

function decidedBy(setting: string): UserError {
  return new UserError("conflict", `The setting ${setting} decides this: change the setting, or remove it first.`);
}
