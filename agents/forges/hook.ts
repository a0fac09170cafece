/** Deliveries of the webhooks of forges. One says only that something has changed: what has is read from the forge. */
import type { IncomingHttpHeaders } from "node:http";
import type { Store } from "@/db/store";
import { isSignedByJira } from "@/lib/forges/jira";
import { clientOf } from "@/lib/forges/kinds";

export interface HookSources {
  store: { forges: Pick<Store["forges"], "link" | "makeDue"> };
  secret(name: string): string | null;
  now(): number;
}

/** The vault's name of the secret with which the forge of a project signs its deliveries. */
export function hookSecretName(project: string): string {
  return `forge/${project}`;
}

/**
 * Takes a delivery: a signed one makes the project's forge due now. Nothing else of it counts, so one that is repeated
 * later does no harm. Resolves with whether it was signed rightly.
 */
export async function takeDelivery(
  { store, secret, now }: HookSources,
  { project, headers, body }: { project: string; headers: IncomingHttpHeaders; body: string },
): Promise<boolean> {
  const link = store.forges.link(project);
  const key = link && secret(hookSecretName(project));
  if (!link || !key) return false;
  const isFromJira = link.jira !== null && isSignedByJira(headers, body, key);
  if (!isFromJira && !clientOf(link.kind).isSigned(headers, body, key)) return false;
  if (link.pausedAtMs === null) await store.forges.makeDue(link.id, now());
  return true;
}
