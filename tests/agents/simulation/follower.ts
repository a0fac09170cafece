/**
 * I8: readers with a cursor that read now and then. Each must have seen a prefix of each tree's log, without gaps or
 * repeats.
 */
import type { Stage } from "./people";

export function createFollowers({ web, clock, tally, random }: Stage): { check(): void } {
  const { sqlite } = web.store.client;
  const trees = sqlite.prepare("SELECT uid FROM trees").pluck();
  const all = sqlite
    .prepare("SELECT id FROM messages WHERE tree_id = (SELECT id FROM trees WHERE uid = ?) ORDER BY id")
    .pluck();
  const seen = new Map<string, number[]>();

  function poll(limit: number): void {
    for (const uid of trees.all() as string[]) {
      const list = seen.get(uid) ?? [];
      seen.set(uid, list);
      const after = list.at(-1);
      const page = web.store.queries.messages.list(
        { treeId: uid },
        { limit, ...(after !== undefined && { after: String(after) }) },
      );
      list.push(...page.items.map((message) => message.seq));
    }
  }

  const again = () => {
    poll(random.between(1, 20));
    clock.after(random.between(500, 15_000), web.owner, again);
  };
  again();

  return {
    check() {
      poll(100_000);
      for (const uid of trees.all() as string[]) {
        const expected = JSON.stringify(all.all(uid));
        if (JSON.stringify(seen.get(uid)) !== expected)
          tally.broken(`I8: a follower of ${uid} saw ${seen.get(uid)} of ${expected}.`);
      }
    },
  };
}
