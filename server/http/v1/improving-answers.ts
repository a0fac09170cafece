/** The successful answers of the routes about changes of Banyan by its agents; see `answers.ts`. */

import type { GateRun } from "@/core/shapes/improving/gate-runs";
import type { GatesReport } from "@/core/shapes/improving/gates";
import type { Improvement } from "@/core/shapes/improving/improvement";
import type { SelfState } from "@/core/shapes/improving/self";
import type { Page } from "@/core/shapes/shapes";
import type { Said } from "./said";

export interface ImprovingAnswers {
  /** Whether agents may propose changes of Banyan's own code. */
  "GET self": SelfState;
  /** Faults of tasks, and the review agent's looks at them with what they proposed. */
  "GET improvement": Improvement;
  /** Sets whether looks start by themselves, at which hour, and what they may cost in a day. */
  "POST improvement": Said;
  /** Starts a look now; `tree` is its tree. */
  "POST improvement/look": Said & { tree: string };
  /** Finished runs of the gates on changes by agents, the newest first. */
  "GET gate-runs": Page<GateRun>;
  /** What the gates said in a run. */
  "GET gate-runs/:id": GatesReport;
  /** Ends every check of such a change, and allows no new one. */
  "POST self/off": Said;
  /** Allows them again. */
  "POST self/on": Said;
}
