import { z } from "zod";
import type { ProposedChange, ProposedCode } from "@/agents/self/changes";
import { mayWait, propose } from "@/agents/tools/additions/propose";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { exactCount } from "@/core/words/figures";
import { flagText } from "@/core/words/gates";
import { mergedBase } from "./check-change";

const input = z.strictObject({
  title: z.string().trim().min(10).max(100).describe("What changes, as one sentence."),
  why: z.string().trim().min(20).max(4_000).describe("What is wrong or missing now, and how the change mends it."),
  expects: z
    .strictObject({
      metric: z.string().trim().min(3).max(100).describe("What changes by it, such as 'failed calls of edit_file'."),
      direction: z.enum(["up", "down"]),
      amount: z.string().trim().min(1).max(60).describe("By how much, such as 'half' or '20 %'."),
      measured: z.string().trim().min(10).max(400).describe("How somebody measures it after a week."),
    })
    .describe("The effect that the change is judged by later."),
  base: mergedBase,
  wait: z.boolean().default(true).describe("false: continue without waiting for the decision."),
});

export const proposeChange = controlTool({
  name: "propose_change",
  description:
    "Proposes what you changed in your copy of Banyan's own source for a person to approve. check_change must have passed exactly this content. The change becomes one commit on the release that runs. Nothing of it runs before a person has approved it.",
  input,
  async settle(given, call, view) {
    const change = await view.change(given.base, given);
    if ("problem" in change) return { entries: [response(view.state, call, change.problem, true)] };
    const { title, expects } = given;
    const body: ProposedCode = { ...change, title, expects };
    const effect = `Expected: ${expects.metric} ${expects.direction} by ${expects.amount}. Measured so: ${expects.measured}`;
    return propose(
      {
        kind: "code",
        name: change.branch,
        body,
        why: given.why,
        title: `Change Banyan’s own code: ${title}`,
        detail: `${given.why}\n\n${effect}`,
        evidence: evidenceOf(change),
        blastRadius: 5,
        uncertainty: change.flags.length > 0 ? 4 : 2,
        waits: given.wait && mayWait(view),
      },
      call,
      view,
    );
  },
});

function evidenceOf({ files, branch, flags }: ProposedChange): string {
  const lines = files.map(({ path, change, additions, deletions }) => {
    const size = additions === null ? "no text" : `+${exactCount(additions)} −${exactCount(deletions ?? 0)}`;
    return `${change} ${path} (${size})`;
  });
  return [`Branch ${branch}`, ...flags.map((flag) => `Flag: ${flagText(flag)}`), ...lines].join("\n");
}
