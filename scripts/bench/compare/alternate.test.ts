import { expect, test } from "vitest";
import { alternate, type Side, WorkloadFailed } from "./alternate";

/** Runs scripted workloads and notes what ran, as `workload side`. */
async function scripted(workloads: string[], times: number, run: (ran: string, count: number) => number = () => 1) {
  const ran: string[] = [];
  const seen: (string | number)[] = [];
  const outcome = await alternate({
    workloads,
    times,
    onWorkload: (workload, round) => seen.push(`${workload} ${round}`),
    onRound: (round) => seen.push(round),
    async run(side: Side, workload: string) {
      const name = `${workload} ${side}`;
      ran.push(name);
      return run(name, ran.filter((workload) => workload === name).length);
    },
  });
  return { ...outcome, ran, seen };
}

test("both versions run in turn, and every second round begins with the other one", async () => {
  const { ran, seen } = await scripted(["a"], 4);
  expect(ran).toEqual(["a base", "a head", "a head", "a base", "a base", "a head", "a head", "a base"]);
  expect(seen).toEqual(["a 1", 1, "a 2", 2, "a 3", 3, "a 4", 4]);
});

test("a round runs every workload, and its two sides one right after the other", async () => {
  const { ran } = await scripted(["a", "b"], 2);
  expect(ran).toEqual(["a base", "a head", "b base", "b head", "a head", "a base", "b head", "b base"]);
});

test("each round keeps what both sides measured then", async () => {
  const { rounds, failed } = await scripted(["a"], 3, (name, count) => (name === "a base" ? 1 : 10) * count);
  expect(rounds.get("a")).toEqual([
    { base: 1, head: 10 },
    { base: 2, head: 20 },
    { base: 3, head: 30 },
  ]);
  expect(failed).toEqual([]);
});

test("a workload that fails on one side does not run again, and the others continue", async () => {
  const { ran, rounds, failed } = await scripted(["a", "b"], 3, (name, count) => {
    if (name === "a head" && count === 2) throw new WorkloadFailed("It ended with 1.");
    return count;
  });
  expect(failed).toEqual([{ workload: "a", side: "head", round: 2, reason: "It ended with 1." }]);
  expect(ran.filter((name) => name.startsWith("a"))).toEqual(["a base", "a head", "a head"]);
  expect(rounds.get("b")).toHaveLength(3);
});

test("any other error than a workload's failure ends the comparison", async () => {
  const stopped = scripted(["a"], 2, () => {
    throw new Error("stopped");
  });
  await expect(stopped).rejects.toThrow("stopped");
});
