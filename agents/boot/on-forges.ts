/** Follows the forges of projects, through the guard and the audit, as the people who linked them. */
import { createForgeAccess } from "@/agents/forges/access";
import { type ForgeWatchOptions, startForgeWatch } from "@/agents/forges/watch";
import { guarded } from "@/agents/guard/guard";
import { DEFAULT_RULES } from "@/lib/git/rules";
import type { Checks } from "@/lib/time/checks";
import { rulesOf } from "@/lib/workspace/prepare";
import type { RuntimeParts } from "./runtime-parts";

/** Starts the watch. */
export function beginOnForges(
  { acting, options }: Pick<RuntimeParts, "acting" | "options">,
  watched: Pick<ForgeWatchOptions, "timers" | "leads" | "report" | "now">,
): Checks {
  const { application, store, snapshots, security, queries } = acting;
  const { settings, checkout } = options;
  const secret = (name: string) => security.vault.get(name);
  const access = createForgeAccess({
    configured: settings.forges,
    privateHosts: settings.privateHosts,
    secret,
    now: watched.now,
  });
  return startForgeWatch({
    ...watched,
    store,
    halts: store.halts,
    snapshots,
    queries,
    dataDir: settings.dataDir,
    program: options.program,
    hiddenPathsOf: (workspace) => rulesOf(workspace, settings.dataDir, checkout, security.keyPaths).hiddenPaths,
    portOf: access.portOf,
    jiraOf: access.jiraOf,
    tokenOf: access.tokenOf,
    placeOf: access.placeOf,
    redact: security.redactor.redact,
    gitRules: {
      branches: settings.gitBranches ?? DEFAULT_RULES.branches,
      protectedBranches: DEFAULT_RULES.protectedBranches,
      writeScope: settings.gitWriteScope ?? DEFAULT_RULES.writeScope,
    },
    privateHosts: settings.privateHosts,
    publicUrl: settings.publicUrl,
    submit: (submission, actor, once) => guarded(application, actor).commands.submitTree({ ...submission, once }),
    goOn: (id, { text, attempt }, actor) =>
      guarded(application, actor).commands.continueTask({ id, text, once: `go on ${id} ${attempt} ${text}` }),
  });
}
