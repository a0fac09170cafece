/** Brings the evolutions of projects on, through the guard and the audit, as the people who began them. */
import { stopTask } from "@/agents/commands/control";
import { createOpenRepository } from "@/agents/commands/workspace/open-repository";
import { judgeTry } from "@/agents/evolution/judge";
import { type EvolutionWatchOptions, startEvolutionWatch } from "@/agents/evolution/watch";
import { guarded } from "@/agents/guard/guard";
import type { Actor } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/submission";
import type { Checks } from "@/lib/time/checks";
import { rulesOf } from "@/lib/workspace/prepare";
import type { RuntimeParts } from "./runtime-parts";

/** Starts the watch. */
export function beginOnEvolution(
  { acting, options }: Pick<RuntimeParts, "acting" | "options">,
  watched: Pick<EvolutionWatchOptions, "timers" | "leads" | "report" | "now">,
): Checks {
  const { application, store, snapshots, security, queries, self } = acting;
  const { settings, checkout } = options;
  const sources = {
    ...watched,
    store,
    snapshots,
    queries,
    security,
    dataDir: settings.dataDir,
    program: options.program,
    hiddenPathsOf: (workspace: string) => rulesOf(workspace, settings.dataDir, checkout, security.keyPaths).hiddenPaths,
    openRepository: createOpenRepository({ settings, vault: security.vault, self }),
    isSwitchedOff: () => self.power.state().off !== null,
    redact: security.redactor.redact,
    submit: (submission: Submission, actor: Actor, once: string) =>
      guarded(application, actor).commands.submitTree({ ...submission, once }),
    async stop(tree: string) {
      const { trees } = store.queries;
      await stopTask(store, trees.findTask(trees.rootOf(tree)), "The evolution was stopped.");
    },
    goOn: (id: string, { text, attempt }: { text: string; attempt: number }, actor: Actor) =>
      guarded(application, actor).commands.continueTask({ id, text, once: `go on ${id} ${attempt} ${text}` }),
  };
  return startEvolutionWatch({ ...sources, judge: (cycle, given) => judgeTry(sources, cycle, given) });
}
