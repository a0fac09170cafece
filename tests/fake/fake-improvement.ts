/** Faults and looks of the fake server. */
import type { FaultKind } from "@/core/log/faults";
import type { Improvement } from "@/core/shapes/improving/improvement";

const DAY_MS = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

const REFUSED: FaultKind = {
  id: "f3a91c02",
  agent: "coder",
  reason: "call_refused",
  signature: "the arguments of edit_file are not valid. old_text: invalid input",
  count: 9,
  fresh: 6,
  first_at: ago(6),
  last_at: ago(0.1),
  quotes: [
    {
      tree: "t-old",
      task: "k-old",
      seq: 41,
      at: ago(0.1),
      text: "The arguments of edit_file are not valid. old_text: Invalid input.",
    },
  ],
};

export const FAKE_IMPROVEMENT: Improvement = {
  on: true,
  cap_usd: 1,
  hour: 3,
  off: null,
  model: "anthropic/claude-sonnet",
  spent_today_usd: 0.12,
  proposals_today: 1,
  flags: { why_none: null, tokens_today: 0, tokens_per_day: 500_000 },
  most_proposals: 3,
  next_at: ago(-0.5),
  faults: [
    REFUSED,
    {
      id: "f77b0e1d",
      agent: "worker",
      reason: "judged_failed",
      signature: "",
      count: 2,
      fresh: 0,
      quotes: [],
      first_at: ago(9),
      last_at: ago(4),
    },
  ],
  looks: [
    {
      id: "look2",
      cause: "faults",
      by: null,
      at: ago(0.05),
      faults: [REFUSED],
      tree: "t-look",
      status: "succeeded",
      note: "The agent guesses old_text instead of reading the file.",
      spent_usd: 0.12,
      proposals: [{ review: "r-look", kind: "agent", name: "coder", status: "open", faults: [REFUSED.id] }],
    },
    {
      id: "look1",
      cause: "night",
      by: null,
      at: ago(1),
      faults: [],
      tree: null,
      status: "none",
      note: "No new faults since the last look.",
      spent_usd: 0,
      proposals: [],
    },
  ],
};
