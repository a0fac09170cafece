/** An agent, a document or a runbook as the HTTP API and the command line show it. */

import type { EntrySaid } from "@/core/shapes/answers/answers";
import type { Entry, EntryKind, FieldsOf } from "@/core/shapes/configuration";

export type Shown<Kind extends EntryKind> = FieldsOf[Kind] & EntrySaid;

export function asBody<Kind extends EntryKind>(entry: Entry<Kind>): Shown<Kind> {
  const { fields, kind, version, by, why, origin, created_at } = entry;
  return { ...fields, kind, version, by, why, origin, edited: origin !== "seed", edited_at: created_at };
}
