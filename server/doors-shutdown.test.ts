/** Shutdown over HTTP, for admins only. */
import { expect, test } from "vitest";
import { startDoors } from "./testing/doors";

const END = { method: "POST", headers: { "content-type": "application/json" } };

test("only an admin can shut the server down; the request is answered and audited", async () => {
  const askers: string[] = [];
  const doors = await startDoors({ work: false, runtime: { shutDown: (by) => void askers.push(by) } });
  const ask = async (who: Record<string, string>) => {
    const answer = await doors.ask("/admin/graceful-shutdown", { ...END, headers: { ...END.headers, ...who } });
    return answer.status;
  };
  expect(await ask({})).toBe(401);
  for (const role of ["viewer", "operator", "reviewer"] as const)
    expect(await ask(await doors.signedIn(role))).toBe(403);
  expect(askers).toEqual([]);
  expect(await ask(await doors.signedIn("admin"))).toBe(202);
  await expect.poll(() => askers).toEqual([expect.stringContaining("admin")]);
  const [row] = doors.store.client.sqlite.prepare("SELECT action FROM audit ORDER BY id DESC LIMIT 1").pluck().all();
  expect(row).toBe("shutDown");
});

test("a process that is not a server refuses the shutdown", async () => {
  const doors = await startDoors({ work: false });
  const answer = await doors.ask("/admin/graceful-shutdown", { ...END, headers: await doors.signedIn("admin") });
  expect([answer.status, JSON.parse(answer.text).detail]).toEqual([
    503,
    "No server runs in this process: there is nothing to shut down.",
  ]);
});
