/** What a service remembers of how it was made, so that it can be made again from a newer blueprint. */
import { createHash } from "node:crypto";
import { z } from "zod";

export const RECORD_FILE = ".banyan/service.json";
/** The files as they were made, which a later merge compares with what a person changed. */
export const MADE_FILE = ".banyan/made.json";
/** A person's own: it is never made again. */
export const DOCUMENT_FILE = "openapi.yaml";

export const serviceRecord = z.object({
  name: z.string(),
  blueprint: z.object({
    name: z.string(),
    version: z.int(),
    /** The folder of a person's own blueprint. */
    folder: z.string().optional(),
  }),
  parts: z.array(z.string()),
  variables: z.record(z.string(), z.union([z.string(), z.number()])),
  /** SHA-256 of each file as it was made, by its path. */
  files: z.record(z.string(), z.string()),
});
export type ServiceRecord = z.infer<typeof serviceRecord>;

export const madeFiles = z.record(z.string(), z.string());

/** Returns the two files of the record for a service with these files. */
export function recordFiles(
  about: Omit<ServiceRecord, "files">,
  files: ReadonlyMap<string, string>,
): Map<string, string> {
  const made = [...files].filter(([path]) => path !== DOCUMENT_FILE).sort(([a], [b]) => (a < b ? -1 : 1));
  const record: ServiceRecord = {
    ...about,
    files: Object.fromEntries(made.map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")])),
  };
  return new Map([
    [RECORD_FILE, jsonText(record)],
    [MADE_FILE, jsonText(Object.fromEntries(made))],
  ]);
}

function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** What an upgrade does with one file. */
export type FileStep =
  | { kind: "same" | "keep" }
  | { kind: "write"; text: string }
  | { kind: "remove" }
  | { kind: "merge" };

export interface FileVersions {
  /** As it is now; null: it is gone. */
  mine: string | null;
  /** As it was made before, and as it is made now; null: it is not made. */
  base: string | null;
  now: string | null;
}

/** Decides by comparing versions; only a text that both sides changed has to be merged. */
export function stepFor({ mine, base, now }: FileVersions): FileStep {
  if (mine === now) return { kind: "same" };
  if (now === base) return { kind: "keep" };
  if (mine === base) return now === null ? { kind: "remove" } : { kind: "write", text: now };
  // A person removed the file, or changed one that is no longer made: both stay as the person has them.
  return mine === null || now === null ? { kind: "keep" } : { kind: "merge" };
}
