/** Tells a round about the rounds before it. */
import { percent } from "./material";
import { cut, type RoundRecord } from "./record";

/** How many rounds have their plan told, and with how many characters: the goal's log has to stay small. */
const TOLD = 5;
const TOLD_CHARS = 110;
/** The share of the spend that a goal's own machinery may take. */
const MOST_OVERHEAD = 0.3;
/** Rounds before the share says anything. */
const FIRST_ROUNDS = 3;

/** Returns the attempts at the error of the last round, and the last rounds, a line each. */
export function triedBefore(records: readonly RoundRecord[]): string[] {
  const signature = records.at(-1)?.error_signature;
  const alike = records.filter((record) => signature && record.error_signature === signature).slice(-TOLD);
  const told = [...new Set([...alike, ...records.slice(-2)])].sort((a, b) => a.number - b.number);
  return told.map(lineOf);
}

export function lineOf({ number, verdict, score, plan, changed }: RoundRecord): string {
  const did = changed ? ` [${cut(changed.replace(/\s*\n\s*/g, ", "), 60)}]` : "";
  return `Round ${number}, ${verdict}, ${percent(score)}: ${cut(plan, TOLD_CHARS)}${did}`;
}

/** Rounds whose cost says what the next one is likely to cost. */
const PACE = 5;

/** Returns what all rounds used together, and what the last rounds used on average. */
export function costOf(records: readonly RoundRecord[]): { so_far: RoundRecord["spent"]; round: RoundRecord["spent"] } {
  const last = records.slice(-PACE);
  const { tokens, cost_usd } = sumOf(last);
  const round = { tokens: Math.round(tokens / last.length), cost_usd: cost_usd / last.length };
  return { so_far: sumOf(records), round };
}

function sumOf(records: readonly RoundRecord[]): RoundRecord["spent"] {
  const sum = (of: (spent: RoundRecord["spent"]) => number) => records.reduce((all, { spent }) => all + of(spent), 0);
  return { tokens: sum(({ tokens }) => tokens), cost_usd: sum(({ cost_usd }) => cost_usd) };
}

/** Whether the goal's own machinery took too much of the spend, so that rounds become leaner. */
export function isLean(records: readonly RoundRecord[]): boolean {
  if (records.length < FIRST_ROUNDS) return false;
  const { tokens } = sumOf(records);
  const overhead = records.reduce((sum, record) => sum + record.spent.tokens * record.overhead, 0);
  return tokens > 0 && overhead / tokens > MOST_OVERHEAD;
}
