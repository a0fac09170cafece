import { expect, test } from "vitest";
import { RefusedError } from "./api";
import { cancel, prompt } from "./prompt";
import { type Editor, newSession } from "./session";

test.each([
  ["goes on", { by: "retry", tree_id: "t1", task_id: "a", sentence: "" }, "trees/t1/stop"],
  ["goes on in a fork", { by: "fork", tree_id: "t2", task_id: "b", sentence: "A fork." }, "trees/t2/stop"],
])("a prompt that is cancelled before the server has it stops the tree that %s by it", async (_, answer, stopped) => {
  const sent: { path: string; key: string }[] = [];
  const keys = new Set<string>();
  let goOn = (_: unknown) => {};
  const post = async (path: string, _: unknown, key: string) => {
    if (path.endsWith("/continue")) return new Promise((resolve) => (goOn = resolve));
    // As the server does: an answer is kept with its key.
    if (sent.length === 0 || keys.has(key)) {
      keys.add(key);
      sent.push({ path, key });
      throw new RefusedError(409, "The tree has ended.");
    }
    sent.push({ path, key });
    return {};
  };
  const editor = {
    api: { post },
    files: { write: () => {} },
    client: { notify: async () => {}, sessionUpdate: async () => {} },
    sessions: new Map(),
  } as unknown as Editor;
  const kept = { id: "s", cwd: "/", tree: "t1", title: "", count: 1, open: [], updatedAt: "" };
  const session = newSession(kept as unknown as Parameters<typeof newSession>[0]);
  const turn = prompt(editor, session, "And the tests.");
  await cancel(editor, session);
  expect(await turn).toEqual({ stopReason: "cancelled" });
  goOn(answer);
  await expect.poll(() => sent.length).toBe(2);
  expect(sent[1]?.path).toBe(stopped);
  expect(keys.has(sent[1]?.key ?? "")).toBe(false);
});
