/** Faults of the day: which call meets which fault, and the facts about each fault for the count at the end. */
import { createRandom } from "../simulation/random";

/** The part of the calls of models and tools that meet a fault. */
export const SHARE = 0.05;

/** Kinds by the call that meets them, with their weights. Faults that strike all goals at once are rarer. */
const OF_MODELS = {
  refusal: 10,
  "rate limit": 10,
  "used-up quota": 4,
  "cut stream": 10,
  "hung model": 10,
  "crash in an adapter": 10,
  "wrong JSON": 10,
  "lost network": 2,
  "killed worker": 4,
} as const;
const OF_TOOLS = {
  "full disk": 10,
  "hung command": 10,
  "crashed command": 10,
  "lost answer": 10,
  "full disk of the database": 1,
  "killed worker": 4,
} as const;
const OF_CHECKS = { ...OF_TOOLS, "flaky test": 20 } as const;

export type ModelFault = keyof typeof OF_MODELS;
type ToolFault = keyof typeof OF_TOOLS;
export type CheckFault = keyof typeof OF_CHECKS;

export interface Fault {
  kind: ModelFault | CheckFault;
  atMs: number;
  /** Trees that the fault struck. */
  trees: string[];
}

export interface Faults {
  /** Returns the fault of this call; null: none. */
  ofModel(): ModelFault | null;
  ofTool(): ToolFault | null;
  ofCheck(): CheckFault | null;
  note(fault: Fault): void;
  all: readonly Fault[];
  /** Calls that could meet a fault. */
  calls(): number;
}

export function createFaults(seed: number, share: number): Faults {
  const random = createRandom(seed);
  const all: Fault[] = [];
  let calls = 0;
  function draw<Kind extends string>(kinds: Record<Kind, number>): Kind | null {
    calls += 1;
    return random.chance(share) ? random.weighted(kinds) : null;
  }
  return {
    ofModel: () => draw<ModelFault>(OF_MODELS),
    ofTool: () => draw<ToolFault>(OF_TOOLS),
    ofCheck: () => draw<CheckFault>(OF_CHECKS),
    note: (fault) => void all.push(fault),
    all,
    calls: () => calls,
  };
}

/** The kinds that a long run has to meet. */
export const KINDS_OF_FAULTS: readonly string[] = [...new Set([...Object.keys(OF_MODELS), ...Object.keys(OF_CHECKS)])];
