/** The settings of retention: which ended trees are removed. */
import { isAbsolute } from "node:path";
import { z } from "zod";

export const MOST_RETENTION_DAYS = 3_650;
export const MOST_RETENTION_MB = 100_000_000;

const wholeNumberTo = (most: number) =>
  z.coerce
    .number(`a whole number from 0 to ${most}`)
    .int(`a whole number from 0 to ${most}`)
    .min(0, "at least 0")
    .max(most, `at most ${most}`)
    .optional();

export const RETENTION_SETTINGS = {
  BANYAN_RETENTION_DAYS: wholeNumberTo(MOST_RETENTION_DAYS),
  BANYAN_RETENTION_MB: wholeNumberTo(MOST_RETENTION_MB),
  BANYAN_RETENTION_GOALS: z.enum(["keep", "remove"], "keep or remove").optional(),
  BANYAN_RETENTION_ARCHIVE: z
    .string()
    .refine((folder) => folder === "off" || isAbsolute(folder), "off, or a folder's path that begins with /")
    .optional(),
};

/** The values of the settings; null: what an admin saved applies. 0 days or megabytes: no limit. */
export interface RetentionSettings {
  days: number | null;
  megabytes: number | null;
  keepsGoals: boolean | null;
  /** The folder into which trees are archived before they go, or `off`. Absent as null. */
  archiveFolder?: string | null;
}

export function retentionOf(s: {
  BANYAN_RETENTION_DAYS?: number | undefined;
  BANYAN_RETENTION_MB?: number | undefined;
  BANYAN_RETENTION_GOALS?: "keep" | "remove" | undefined;
  BANYAN_RETENTION_ARCHIVE?: string | undefined;
}): RetentionSettings {
  return {
    days: s.BANYAN_RETENTION_DAYS ?? null,
    megabytes: s.BANYAN_RETENTION_MB ?? null,
    keepsGoals: s.BANYAN_RETENTION_GOALS === undefined ? null : s.BANYAN_RETENTION_GOALS === "keep",
    ...(s.BANYAN_RETENTION_ARCHIVE !== undefined && { archiveFolder: s.BANYAN_RETENTION_ARCHIVE }),
  };
}
