/** The same work on many things, one after another. */
import type { Queries } from "@/agents/application";
import { sentenceOfFailure } from "@/app/act";
import { plural } from "@/core/words/figures";

/** Runs `work` on every item, also after a failure. Returns how many succeeded, and the first failure. */
export async function forEach<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<unknown>,
): Promise<{ done: number; first: unknown; problem: string }> {
  let done = 0;
  let failed = 0;
  let first: unknown = null;
  for await (const item of items) {
    try {
      await work(item);
      done += 1;
    } catch (error) {
      failed += 1;
      first ??= error;
    }
  }
  const problem = failed > 0 ? ` ${plural(failed, "other")} failed: ${sentenceOfFailure(first)}` : "";
  return { done, first, problem };
}

/**
 * Yields the id of each task that the provider parked. The list holds only the first tasks, so it is read again until
 * it has no new one. A task that is parked again meanwhile comes once.
 */
export async function* parkedTasks(queries: Pick<Queries, "listProviders">, name: string): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (;;) {
    const provider = (await queries.listProviders()).find((one) => one.name === name);
    const fresh = (provider?.parked_tasks ?? []).filter(({ id }) => !seen.has(id));
    if (fresh.length === 0) return;
    for (const { id } of fresh) {
      seen.add(id);
      yield id;
    }
  }
}
