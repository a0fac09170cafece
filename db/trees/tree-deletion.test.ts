import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { createTreeDeletion } from "./tree-deletion";

test("a deleted tree leaves no message about it, neither sent nor waiting, and messages about others stay", async () => {
  const store = openStore(":memory:", { migrations: "drizzle" });
  onTestFinished(() => store.close());
  const { sqlite } = store.client;
  const insert = (table: string, values: Record<string, string | number>) => {
    const names = Object.keys(values);
    sqlite.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map((name) => `@${name}`)})`).run(values);
  };
  const told = (webhook: string, subject: string, review: string | null = null) => {
    const uid = `msg_${webhook}_${subject}`;
    return { uid, webhook, subject, review, body: `{"of":"${webhook} ${subject}"}` };
  };
  // The id of the second tree begins with the id of the first.
  for (const [id, uid] of [
    [1, "tree_a"],
    [2, "tree_ab"],
  ] as const) {
    const made = { created_at_ms: 1 };
    insert("trees", { ...made, id, uid, title: uid, root_id: id, workspace: "/w", in_place: 0, created_by: "ann" });
    const names = { role: "work", agent: "worker", model: "test/model", depth: 0, status: "done" };
    insert("tasks", { ...made, ...names, id, uid: `task_${uid}`, tree_id: id, title: uid });
    const review = { kind: "question", title: "Ask", detail: "Which?", status: "answered" };
    insert("reviews", { ...made, ...review, uid: `review_${uid}`, tree_id: id, task_id: id });
    insert("a2a_pushes", { ...made, uid: `push_${uid}`, tree: uid, name: "one", url: "https://agent.example/" });
    const deliveries = [
      told("hook", `tree:${uid}:7`),
      told("mail", `tree:${uid}:7`),
      told("hook", `review:review_${uid}`, `review_${uid}`),
      told(`a2a/push_${uid}`, "msg_1"),
    ];
    await store.webhooks.store(deliveries, null);
  }
  await store.webhooks.store([told("hook", "limit:limit_1")], null);
  await store.webhooks.tried("msg_a2a/push_tree_a_msg_1", { status: "delivered", answer: "HTTP 200", nextAtMs: null });
  await store.log.write(({ nowMs }) => expect(createTreeDeletion(sqlite)(1, nowMs)).toBe(true));
  expect(sqlite.prepare("SELECT webhook, subject FROM webhook_deliveries ORDER BY id").raw().all()).toEqual([
    ["hook", "tree:tree_ab:7"],
    ["mail", "tree:tree_ab:7"],
    ["hook", "review:review_tree_ab"],
    ["a2a/push_tree_ab", "msg_1"],
    ["hook", "limit:limit_1"],
  ]);
  expect(sqlite.prepare("SELECT tree FROM a2a_pushes").pluck().all()).toEqual(["tree_ab"]);
});
