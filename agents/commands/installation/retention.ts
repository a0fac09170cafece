/** Retention: what may be removed, removing it now, and pins that keep a tree. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UserError } from "@/agents/application";
import { archiverOf } from "@/agents/archives/keep";
import { type CommandWorld, operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { changeOf, number, text, typedNumber, yesOrNo } from "@/agents/operations/parse";
import { givenLimits, refuseNumber, shownLimits } from "@/agents/queries/retention";
import { clean, unarchivedSentence } from "@/agents/retention/clean";
import { limitsOf } from "@/agents/retention/fates";
import { type RetentionLimits, removesAnything } from "@/core/rules/retention";
import { bytes, plural } from "@/core/words/figures";
import { retentionSentence } from "@/core/words/retention";
import type { StoredRetention } from "@/db/records/retention-record";
import { MOST_RETENTION_DAYS, MOST_RETENTION_MB } from "@/lib/env/retention";

const retentionChange = changeOf({
  /** After how many days, and above how many megabytes, ended trees are removed; 0: no limit. */
  days: typedNumber.optional(),
  max_mb: typedNumber.optional(),
  keep_goals: yesOrNo.optional(),
  /** Whether trees are archived in the data folder before they go. */
  archive: yesOrNo.optional().describe("Whether trees are archived before they are removed."),
});

/** The `settings` of a preview. */
const previewSettings = z.strictObject({
  days: number.nullable().describe("Days after a tree's end after which it is removed; null: age removes nothing."),
  max_mb: number.nullable().describe("Most megabytes of database and workspaces; null: size removes nothing."),
  keep_goals: yesOrNo.describe("Whether trees that pursued a goal stay."),
  archive: text.nullable().describe("The folder in which trees are archived before they go; null: they are not."),
});

const removed = said.extend({
  removed: z.number().describe("Trees that were removed."),
  size_bytes: z.number().describe("Size of what was removed, in bytes."),
});

export const retentionOperations = {
  setRetention: operation({
    right: "administer",
    summary: "Sets after how many days and above how many megabytes ended trees are removed; 0: no limit.",
    http: "POST retention",
    input: retentionChange,
    audit: ["days", "max_mb", "keep_goals", "archive"],
    result: said,
    async run(change, _actor, { store, retentionSettings }) {
      await store.retention.set(checked(retentionSettings, change));
      const limits = limitsOf(store.retention.read().limits, retentionSettings);
      return { sentence: retentionSentence(shownLimits(limits)) };
    },
  }),
  cleanNow: operation({
    right: "administer",
    summary: "Removes old trees now, by the given limits or by those that are set.",
    http: "POST retention/clean",
    input: z.strictObject({
      days: typedNumber
        .optional()
        .describe("Days after a tree's end after which it is removed; absent: as the settings say."),
      max_mb: typedNumber
        .optional()
        .describe("Most megabytes of database and workspaces; absent: as the settings say."),
      previewed: previewSettings
        .optional()
        .describe("The `settings` of the preview that a person agreed to: nothing is removed while others hold."),
    }),
    audit: ["days", "max_mb"],
    result: removed,
    run: async ({ previewed, ...given }, _actor, world) =>
      cleaned(world, () => asPreviewed(givenLimits(world, given), previewed)),
  }),
  archiveAndClean: operation({
    right: "administer",
    summary: "Removes old trees now, each after it was archived in a folder anywhere on this machine.",
    input: z.strictObject({ days: typedNumber.optional(), max_mb: typedNumber.optional(), archive_to: text }),
    audit: ["days", "max_mb", "archive_to"],
    result: removed,
    run: async ({ archive_to, ...given }, _actor, world) =>
      cleaned(world, () => ({ ...givenLimits(world, given), archives: { folder: archive_to } })),
  }),
  pinTree: operation({
    right: "run",
    summary: "Keeps a tree whatever retention says.",
    on: "unit",
    reach: ({ id }) => ({ works: [id], withArchived: true }),
    http: "POST trees/:id/pin",
    audit: [],
    result: said,
    async run({ id }, actor, { store, ids }) {
      const isNew = await store.retentionTrees.pin(store.queries.trees.treeKey(ids.tree(id)), actor.name);
      return { sentence: isNew ? "Pinned. Retention keeps this tree." : "The tree was pinned already." };
    },
  }),
  unpinTree: operation({
    right: "run",
    summary: "Takes the pin of a tree away.",
    on: "unit",
    reach: ({ id }) => ({ works: [id], withArchived: true }),
    http: "POST trees/:id/unpin",
    audit: [],
    result: said,
    async run({ id }, _actor, { store, ids }) {
      const wasPinned = await store.retentionTrees.pin(store.queries.trees.treeKey(ids.tree(id)), null);
      return { sentence: wasPinned ? "Unpinned. Retention may remove this tree." : "The tree was not pinned." };
    },
  }),
};

/**
 * Returns the limits. A person agreed to a list of trees, so what an admin saves after the preview removes none that was
 * to stay, and none without the archive that was promised. Throws UserError.
 */
function asPreviewed(limits: RetentionLimits, agreed: z.infer<typeof previewSettings> | undefined): RetentionLimits {
  if (agreed === undefined || isDeepStrictEqual(shownLimits(limits), agreed)) return limits;
  throw new UserError("conflict", "The settings of retention changed after the preview: preview again.");
}

/** Removes old trees by the limits. Throws UserError when no limit is set, and while another run removes trees. */
async function cleaned(world: CommandWorld, limits: () => RetentionLimits) {
  if (!removesAnything(limits()))
    throw new UserError("invalid", "Nothing says what may go: give days or a size, or set a limit first.");
  const archive = archiverOf({ ...world, redactor: world.security.redactor });
  const done = await clean({ ...world, archive }, limits, "person");
  if (!done) throw new UserError("conflict", "Banyan already removes old trees: wait until it is done.");
  const stayed = unarchivedSentence(done);
  const rest = stayed === null ? "" : ` ${stayed}`;
  const sentence = `Removed ${plural(done.removed, "tree")}, about ${bytes(done.bytes)}.${rest}`;
  return { sentence, removed: done.removed, size_bytes: done.bytes };
}

/** Returns the change as it is stored. Throws UserError. */
function checked(
  fixed: CommandWorld["retentionSettings"],
  { days, max_mb, keep_goals, archive }: z.infer<typeof retentionChange>,
): Partial<StoredRetention> {
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
