import { expect, test } from "vitest";
import { attentionOf, weightOf } from "@/core/attention";
import type { Level } from "@/core/log/entries";
import { DANGERS, type Danger } from "@/core/log/terms";
import { dangersInCall, isHigh } from "@/core/rules/command-dangers";
import { riskOf } from "./risk";

const riskText = (told: Parameters<typeof riskOf>[0]) => `${riskOf(told).level} risk: ${riskOf(told).says}.`;

const call = (level: Level, dangers: Danger[] = []) => {
  const { blastRadius: blast_radius, uncertainty } = weightOf(level, dangers);
  return { kind: "approval" as const, blast_radius, uncertainty, dangers, isOfCode: false };
};
const of = (kind: "question" | "flag" | "proposal" | "change", blast_radius: number) => ({
  kind,
  blast_radius,
  uncertainty: 4,
  dangers: [],
  isOfCode: false,
});

test("each kind of item has its own words", () => {
  expect(riskText(of("question", 3))).toBe("No risk: your words go to the task that asks.");
  expect(riskText(of("flag", 4))).toBe("No risk: it is a report, and nothing happens by your decision.");
  expect([2, 4, 5].map((radius) => riskOf(of("proposal", radius)).level)).toEqual(["Low", "Medium", "High"]);
  for (const code of [of("change", 5), { ...of("proposal", 5), isOfCode: true }])
    expect(riskText(code)).toBe("High risk: it changes Banyan's own program; its release can be taken back.");
  const levels = (["read", "write", "network", "host"] as const).map((level) => riskText(call(level)));
  expect(levels).toEqual([
    "Low risk: it only reads.",
    "Low risk: it writes in the task's folder.",
    "Medium risk: it reaches the network.",
    "High risk: it acts on this machine outside the task's folder.",
  ]);
});

test("a command is judged by what it does, whatever its level", () => {
  for (const level of ["write", "network", "host"] as const) {
    for (const danger of DANGERS.filter(isHigh)) expect(riskOf(call(level, [danger])).level).toBe("High");
    expect(riskText(call(level, ["force_push", "delete", "push"]))).toBe(
      "High risk: it replaces what the remote has, and commits that only the remote has are lost; it deletes files.",
    );
  }
  expect(riskText(call("write", ["push"]))).toBe("Medium risk: it sends commits to the remote.");
});

test("a force-push stands above a question about words, however long both wait", () => {
  const question = { blastRadius: 3, uncertainty: 4 };
  const push = weightOf("write", dangersInCall({ command: "git push --force" }));
  for (const waitingTasks of [1, 4]) {
    for (const waitedMs of [0, 3_600_000, 86_400_000]) {
      const [asks, pushes] = [question, push].map((facts) => attentionOf({ ...facts, waitingTasks, waitedMs }));
      expect(pushes).toBeGreaterThan(asks ?? 0);
    }
  }
});

test("the commands of a call are found where tools and coding agents put them", () => {
  expect(dangersInCall({ command: "git push -f" })).toEqual(["force_push"]);
  expect(dangersInCall({ agent: "claude", input: { command: "rm -rf ~" } })).toEqual(["delete"]);
  expect(dangersInCall({ agent: "codex", input: { command: ["bash", "-lc", "git push -f"] } })).toEqual(["force_push"]);
  expect(dangersInCall({ path: "notes.md", content: "git push -f" })).toEqual([]);
  expect(dangersInCall(null)).toEqual([]);
});
