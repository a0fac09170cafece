/**
 * What an archive of trees holds, as one zip: `manifest.json`, for each tree `trees/ID/rows.jsonl` and perhaps
 * `trees/ID/snapshots.pack`, and large texts and files under `contents/SHA-256`. The shapes say what is allowed:
 * everything else is refused. Whoever reads an archive must be able to read old ones forever, so a changed shape gets
 * another `ARCHIVE_VERSION`.
 */
import { z } from "zod";
import { REASONS } from "../log/reasons";

export const ARCHIVE_FORMAT = "banyan-archive";
export const ARCHIVE_VERSION = 1;

export const MANIFEST = "manifest.json";

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const commit = z.string().regex(/^[0-9a-f]{40}$/);
const number = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const time = number.max(8_640_000_000_000_000);
const line = z.string().max(10_000);
const text = z.string().max(4_000_000);
const endStatus = z.enum(["succeeded", "failed", "stopped"]);

/** The name of a file in the zip. */
export const PART = /^(?:trees\/[A-Za-z0-9_-]{1,64}\/(?:rows\.jsonl|snapshots\.pack)|contents\/[0-9a-f]{64})$/;

export const rowsPart = (tree: string) => `trees/${tree}/rows.jsonl`;
export const packPart = (tree: string) => `trees/${tree}/snapshots.pack`;
export const contentPart = (hash: string) => `contents/${hash}`;

export const manifestSchema = z.strictObject({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.literal(ARCHIVE_VERSION),
  banyan: line,
  made_at: z.iso.datetime(),
  trees: z
    .array(
      z.strictObject({
        id,
        title: line,
        status: endStatus,
        created_at: z.iso.datetime(),
        ended_at: z.iso.datetime(),
        tasks: number,
        cost_usd: z.number().min(0),
        /** Where the tree worked, only as information: reading an archive opens no folder that it names. */
        folder: line,
      }),
    )
    .min(1)
    .max(1_000),
  parts: z.array(z.strictObject({ name: z.string().regex(PART), bytes: number, sha256 })).max(60_000),
});

export type ArchiveManifest = z.infer<typeof manifestSchema>;
export type ArchivedTreeHead = ArchiveManifest["trees"][number];
export type ArchivePart = ArchiveManifest["parts"][number];

const amounts = z.strictObject({
  tokens: number.nullable(),
  micro_usd: number.nullable(),
  tasks: number.nullable(),
  depth: number.nullable(),
  seconds: number.nullable(),
});

export const rowSchema = z.discriminatedUnion("row", [
  z.strictObject({
    row: z.literal("tree"),
    id,
    root: id,
    title: line,
    priority: z.int(),
    created_by: line,
    created_at_ms: time,
    forked_from: id.nullable(),
    fork_seq: number.nullable(),
    copied_tokens: number,
    copied_micro_usd: number,
    snapshot: commit.nullable(),
    is_tainted: z.boolean(),
    caps: amounts,
  }),
  z.strictObject({
    row: z.literal("task"),
    id,
    parent: id.nullable(),
    priority: z.int(),
    lease: number,
    active_ms: number,
    created_at_ms: time,
    started_at_ms: time.nullable(),
    grant: amounts,
    given: z.strictObject({ tokens: number, micro_usd: number, tasks: number }),
  }),
  z.strictObject({
    row: z.literal("message"),
    task: id,
    turn: number,
    kind: number.max(1_000),
    tool: line.nullable(),
    call: line.nullable(),
    /** Null when it is a content of its own. */
    body: z.string().max(100_000).nullable(),
    content: sha256.nullable(),
    at_ms: time,
  }),
  z.strictObject({ row: z.literal("output"), task: id, call: line, turn: number, chars: number, content: sha256 }),
  z.strictObject({ row: z.literal("attachment"), task: id, turn: number, content: sha256 }),
  z.strictObject({
    row: z.literal("review"),
    id,
    task: id,
    addressee: id.nullable(),
    kind: z.enum(["flag", "approval", "question", "proposal", "change"]),
    title: text,
    detail: text,
    evidence: text.nullable(),
    blast_radius: z.int().min(1).max(5),
    uncertainty: z.int().min(1).max(5),
    if_ignored: text.nullable(),
    subject: text.nullable(),
    level: line.nullable(),
    why: text.nullable(),
    facts: text.nullable(),
    /** The number of the message that opened it, among the messages of the tree. */
    message: number.nullable(),
    /** Nobody can decide about an item of an archive, so an archive has no open items. */
    status: z.enum(["approved", "rejected", "answered", "withdrawn"]),
    answer: text.nullable(),
    created_at_ms: time,
    decided_by: line.nullable(),
    decided_at_ms: time.nullable(),
  }),
  z.strictObject({
    row: z.literal("intervention"),
    task: id,
    rule: line,
    action: z.enum(["nudge", "extend", "restart", "replace", "stop", "flag", "none"]),
    evidence: text,
    asked_in: id.nullable(),
    created_at_ms: time,
  }),
  z.strictObject({
    row: z.literal("pause"),
    task: id,
    scope: z.enum(["task", "branch", "step"]),
    by: line,
    created_at_ms: time,
    closed_by: line.nullable(),
    closed_at_ms: time,
  }),
  z.strictObject({
    row: z.literal("folder"),
    task: id,
    copied_from: id.nullable(),
    base: commit.nullable(),
    snapshot: commit.nullable(),
    is_tainted: z.boolean(),
  }),
  z.strictObject({
    row: z.literal("verdict"),
    outcome: z.enum(["pass", "fail"]),
    reason: text,
    by: line,
    created_at_ms: time,
  }),
  z.strictObject({ row: z.literal("snapshot"), label: z.string().max(200), commit }),
]);

export type ArchivedRow = z.infer<typeof rowSchema>;
export type RowOf<Kind extends ArchivedRow["row"]> = Extract<ArchivedRow, { row: Kind }>;

/** The end of a task, as its log must record it. */
export const endingSchema = z.object({ status: endStatus, reason: z.enum(REASONS).nullable() });
