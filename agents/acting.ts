/** Looking, and everything a person can do to trees: without the models and tools that only a worker needs. */
import { priceOf } from "@/lib/models/prices";
import { parseRunbook } from "@/lib/models/runbook/parse";
import { matchRunbook, runbookNamed } from "@/lib/models/runbook/select";
import { rulesOf } from "@/lib/workspace/prepare";
import { type Application, UserError } from "./application";
import { createCommands } from "./commands";
import type { RunbookFinder } from "./configuration";
import { type Looking, type LookingOptions, openLooking } from "./looking";

export interface Acting extends Looking {
  application: Application;
}

/** Throws StoreError. */
export function openActing(options: Omit<LookingOptions, "findRunbook">): Acting {
  const { settings, checkout } = options;
  const looking = openLooking({ ...options, findRunbook });
  const { store, configuration, queries, live, snapshots } = looking;
  const commands = createCommands({
    store,
    configuration,
    findRunbook,
    queries,
    dataDir: settings.dataDir,
    checkout,
    defaultModel: settings.defaultModel,
    now: options.now ?? Date.now,
    snapshots,
    hiddenPathsOf: (workspace) => rulesOf(workspace, settings.dataDir, checkout).hiddenPaths,
    priceOf,
    validateServer: () => Promise.reject(new UserError("unavailable", "Servers cannot be validated by this version.")),
    maxDbBytes: settings.maxDbBytes,
  });
  return { ...looking, application: { queries, commands, live } };
}

/** The runbook that an instruction names, or whose front matter fits it. */
const findRunbook: RunbookFinder = (instruction, runbooks) => {
  const named = runbookNamed(instruction);
  if (named) return runbooks.some((one) => one.name === named.name) ? named.name : null;
  const parsed = runbooks.flatMap(({ text }) => {
    const result = parseRunbook(text);
    return result.runbook ? [result.runbook] : [];
  });
  return matchRunbook(instruction, parsed)?.name ?? null;
};
