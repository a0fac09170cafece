/** A vulnerability as the Open Source Vulnerability format (OSV) describes it, as far as the gates read it. */
import { z } from "zod";
import { ECOSYSTEMS } from "@/gates/packages/locked";

const Event = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
  limit: z.string().optional(),
});
export type Event = z.infer<typeof Event>;

const Affected = z.object({
  package: z.object({ ecosystem: z.string(), name: z.string() }).optional(),
  ranges: z.array(z.object({ type: z.string(), events: z.array(Event).max(10_000) })).nullish(),
  versions: z.array(z.string()).nullish(),
});
export type Affected = z.infer<typeof Affected>;

export const Osv = z.object({
  id: z.string().min(1).max(200),
  modified: z.string().optional(),
  withdrawn: z.string().nullish(),
  aliases: z.array(z.string()).nullish(),
  summary: z.string().nullish(),
  details: z.string().nullish(),
  affected: z.array(Affected).nullish(),
  database_specific: z.object({ severity: z.unknown().optional() }).nullish().catch(null),
});
export type Osv = z.infer<typeof Osv>;

/** Returns whether a name of an ecosystem, which may have a suffix such as ":v3", is one that the gates know. */
export function ecosystemOf(name: string): (typeof ECOSYSTEMS)[number] | undefined {
  const plain = name.split(":", 1)[0];
  return ECOSYSTEMS.find((known) => known === plain);
}
