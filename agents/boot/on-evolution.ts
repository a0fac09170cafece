/** Brings the evolutions of projects on, through the guard and the audit, as the people who began them. */
import { createOpenRepository } from "@/agents/commands/workspace/open-repository";
import { type EvolutionWatchOptions, startEvolutionWatch } from "@/agents/evolution/watch";
import { guarded } from "@/agents/guard/guard";
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
  return startEvolutionWatch({
    ...watched,
    store,
    snapshots,
    queries,
    security,
    dataDir: settings.dataDir,
    program: options.program,
    hiddenPathsOf: (workspace) => rulesOf(workspace, settings.dataDir, checkout, security.keyPaths).hiddenPaths,
    openRepository: createOpenRepository({ settings, vault: security.vault, self }),
    isSwitchedOff: () => self.power.state().off !== null,
    redact: security.redactor.redact,
    submit: (submission, actor, once) => guarded(application, actor).commands.submitTree({ ...submission, once }),
    goOn: (id, text, actor) => guarded(application, actor).commands.continueTask({ id, text }),
  });
}
