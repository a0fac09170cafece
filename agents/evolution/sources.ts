/** What evolutions need. */
import type { Actor, Queries } from "@/agents/application";
import type { FileSources } from "@/agents/files/moment";
import type { InsightSources } from "@/agents/insights/look";
import type { EvolutionRules } from "@/core/shapes/evolution";
import type { Submission } from "@/core/shapes/submission";
import type { StoredCycle } from "@/db/evolution/evolution";
import type { StoredProject } from "@/db/projects/projects";
import type { Store } from "@/db/store";

export interface EvolutionSources extends FileSources, Omit<InsightSources, "store"> {
  store: FileSources["store"] &
    Pick<
      Store,
      "evolutions" | "forges" | "halts" | "insights" | "people" | "projects" | "proposals" | "schedules" | "trees"
    >;
  queries: Pick<Queries, "getTree" | "getTask">;
  /** Submits with the rights of the actor. The same `once` gives the same tree. */
  submit(submission: Submission, actor: Actor, once: string): Promise<unknown>;
  /** Continues an ended tree with the words. */
  goOn(tree: string, words: { text: string; attempt: number }, actor: Actor): Promise<{ tree_id: string }>;
  /** Stops a tree, unless it has ended. No right is asked: a person with one has stopped the evolution. */
  stop(tree: string): Promise<void>;
  /** Whether changes of Banyan by agents are switched off. */
  isSwitchedOff(): boolean;
  redact(text: string): string;
  /** Judges the files that a try of the cycle has left. */
  judge(
    cycle: StoredCycle,
    given: { project: StoredProject; rules: EvolutionRules; signal: AbortSignal },
  ): Promise<Judged>;
}

/** A try whose files pass, or why they do not, as a sentence for agents and people. */
export type Judged =
  | {
      snapshot: string;
      /** What could not be measured, as a sentence; null: all was. */
      unmeasured: string | null;
    }
  | { refusal: string };
