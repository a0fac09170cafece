import { expect, test, vi } from "vitest";
import { UserError } from "@/agents/application";
import { askingFor } from "./open-call";

const open = { status: "open", evidence: JSON.stringify({ network: ["git.example.org"] }) };
const sourcesAt = (now: () => number) =>
  ({ store: { queries: { reviews: { get: () => open } } }, now }) as unknown as Parameters<typeof askingFor>[0];

test("an answer is shared for a moment, also one that says why there is none; a fault is not", async () => {
  const ask = vi.fn(async ({ reaches }: { reaches(host: string): boolean }) => reaches("git.example.org"));
  const asked = askingFor(
    sourcesAt(() => 0),
    ask,
  );
  expect(await Promise.all([asked("r1"), asked("r1")])).toEqual([
    { found: true, problem: null },
    { found: true, problem: null },
  ]);
  expect(ask).toHaveBeenCalledTimes(1);
  ask.mockRejectedValueOnce(new UserError("conflict", "The host is away."));
  expect(await asked("r2")).toEqual({ found: null, problem: "The host is away." });
  expect(await asked("r2")).toEqual({ found: null, problem: "The host is away." });
  ask.mockRejectedValueOnce(new Error("a fault"));
  await expect(asked("r3")).rejects.toThrow("a fault");
  expect(await asked("r3")).toEqual({ found: true, problem: null });
});

test("an answer is asked for anew after half a minute, and after the clock was set back", async () => {
  let nowMs = 0;
  const ask = vi.fn(async () => nowMs);
  const asked = askingFor(
    sourcesAt(() => nowMs),
    ask,
  );
  await asked("r1");
  nowMs += 31_000;
  expect(await asked("r1")).toMatchObject({ found: 31_000 });
  nowMs -= 3_600_000;
  expect(await asked("r1")).toMatchObject({ found: nowMs });
});
