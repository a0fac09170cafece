import { expect, test, vi } from "vitest";
import { deleteAsShown } from "./delete-as-shown";

const { operate } = vi.hoisted(() => ({ operate: vi.fn() }));
vi.mock("@/app/operate", () => ({ operate }));

test("an ended tree goes only with the end that was shown, and unpinned; one that was shown pinned or open goes", () => {
  const ended_at = "2026-11-29T10:00:00.000Z";
  deleteAsShown({ id: "a", ended_at });
  deleteAsShown({ id: "b", ended_at, pinned: { by: "mara", at: ended_at } });
  deleteAsShown({ id: "c", ended_at: null });
  expect(operate.mock.calls).toEqual([
    ["deleteOldTree", { id: "a", ended_at }],
    ["deleteTree", { id: "b" }],
    ["deleteTree", { id: "c" }],
  ]);
});
