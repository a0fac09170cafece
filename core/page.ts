/** A page of a list whose cursor is a position. */
import type { Page } from "@/core/shapes/shapes";

/** `found`: what was read from `skip` on; one more than `limit` says that there is another page. */
export function pageAt<T>(found: readonly T[], skip: number, limit: number): Page<T> {
  return { items: found.slice(0, limit), next: found.length > limit ? String(skip + limit) : null };
}
