/** State that the parts of a simulated day share. */
import type { Owner, SimulatedClock } from "../simulation/clock";
import type { SimulatedProcess } from "../simulation/process";
import type { Random } from "../simulation/random";
import type { Tally } from "../simulation/tally";
import type { Faults } from "./faults";
import type { FilesOfGoals } from "./files";
import type { DayGoal } from "./goals";

export interface DayStage {
  random: Random;
  clock: SimulatedClock;
  tally: Tally;
  faults: Faults;
  /** How much longer the model of a unit's task takes to answer, by the task. */
  paces: Map<string, number>;
  files: FilesOfGoals;
  /** A process without a worker, through which the goals are submitted and read. */
  web: SimulatedProcess;
  /** The living processes. */
  workers: Set<SimulatedProcess>;
  goals: readonly DayGoal[];
  /** Time until which no model can be reached. */
  networkLostUntilMs: number;
  /** The database cannot grow. */
  isFull: boolean;
  /** A write has failed because of that, so writes wait for their next try. */
  mustRetry: boolean;
  /** Soon kills the process of a call. */
  killSoon(owner: Owner): void;
  fillDisk(): void;
  goalOfTree(tree: string): DayGoal;
  treeOfTask(task: string): string;
}
