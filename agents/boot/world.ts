/** The world in which turns work: models, tools, folders and limits of this process. */
import { join } from "node:path";
import { createLookLimits } from "@/agents/improvement/limits";
import { countedLog } from "@/agents/measuring/records";
import { createLessonFinding } from "@/agents/memory/find";
import { isOnOwnServer } from "@/agents/providers/own-server";
import { createProviderParks } from "@/agents/providers/parks";
import { isCopyOfSelf } from "@/agents/self/copy";
import type { SelfTools } from "@/agents/tools/self/check-change";
import { tracedModels, tracedServers } from "@/agents/traces/outgoing";
import { createCallCheck } from "@/agents/turn/call-check";
import type { WorkerWorld } from "@/agents/turn/world";
import { preventionsFor } from "@/core/failures/preventions";
import { timesOf } from "@/core/plans/estimates";
import { isDayCapped, withStored } from "@/db/records/daily-spend";
import type { Store } from "@/db/store";
import { createCallCosts } from "@/lib/models/call-costs";
import { createCallLimits } from "@/lib/models/call-limits";
import type { SandboxPort } from "@/lib/sandbox/port";
import { createTurnstile } from "@/lib/time/turnstile";
import { rememberedGit } from "@/lib/workspace/git-around";
import { rulesOf } from "@/lib/workspace/prepare";
import { refusalOfFolder } from "@/lib/workspace/refused";
import type { Acting } from "./acting";
import type { RuntimeOptions, RuntimeParts } from "./runtime-parts";

/** Replies that are handled before the event loop runs other work: as many as fit one transaction. */
const REPLIES_AT_ONCE = 32;

/** A stuck call is ended within a minute; a build that prints or computes continues. */
const SILENT_MS = 45_000;

/** Ending a waiting program loses a part of its work, and letting it wait holds a slot. */
const HELD_MS = 10 * 60_000;

export function selfOf({ self, store }: Acting, program: string, sandbox: SandboxPort): SelfTools {
  const { copiedFrom } = store.queries.files;
  const packages = join(program, "node_modules");
  const packagesOf = (tree: string) => (isCopyOfSelf(copiedFrom(tree)) ? packages : null);
  return { changes: self.changes, sandbox, packagesOf, copiedFrom };
}

/** Returns what a worker needs of the world around the log. */
export function worldOf(parts: RuntimeParts): WorkerWorld {
  const { options, now, timers, acting, sandbox, terminals, servers, catalogue, places, checks } = parts;
  const { settings, checkout } = options;
  const { store, security, configuration } = acting;
  return {
    now,
    random: Math.random,
    timers,
    turnstile: createTurnstile(REPLIES_AT_ONCE),
    log: countedLog(store.log, parts.counts),
    loader: store.loader,
    attachments: store.attachments,
    configuration,
    models: settings.tracing ? tracedModels(parts.models, store) : parts.models,
    counts: parts.counts,
    modelGateway: parts.modelGateway,
    parks: createProviderParks(acting.providers.settings),
    costOf: createCallCosts(acting.models.pricesOf),
    isUnpriced: (model) => acting.models.priceOf(model) === null && !isOnOwnServer(acting.providers, model),
    limitsOf: createCallLimits(acting.models.limitsOf, {
      ...settings.callLimits,
      ...(options.silentMs && { silentMs: options.silentMs }),
    }),
    catalogue,
    capabilities: acting.capabilities,
    lessons: createLessonFinding(store.lessons),
    wasServerUsed: store.queries.tools.wasServerUsed,
    callCheck: createCallCheck({ catalogue, configuration, quarantineOf: store.toolStates.quarantineOf }),
    tools: parts.tools,
    servers: settings.tracing ? tracedServers(servers, store) : servers,
    redactor: security.redactor,
    programs: {
      async endOfTask(taskUid, isLeft = false) {
        await Promise.all([terminals.endOfTask(taskUid), isLeft ? null : places.endProgramsOf(taskUid)]);
      },
      async endOf(treeUid) {
        await Promise.all([terminals.endOf(treeUid), servers.endOf(treeUid), places.leave(treeUid)]);
      },
      async endAll() {
        await Promise.all([terminals.endAll(), servers.endAll(), places.endAllPrograms()]);
      },
    },
    snapshots: acting.snapshots,
    workplaces: parts.workplaces,
    places,
    checks,
    preventionsFor: (treeUid, agent) => preventionsFor(store.failures.timesFor({ treeUid, agent }, now())),
    spentBelow: store.queries.goals.spentBelow,
    unitTimes: (treeUid) => timesOf(store.queries.goals.finishedUnits({ treeUid })),
    self: selfOf(acting, options.program, sandbox),
    lookOf: createLookLimits({ store, configuration, power: acting.self.power, now }),
    startOf: store.forks.startOf,
    filesAreThere: store.forks.filesAreThere,
    loans: store.loans,
    limits: worldLimits(options, store),
    rulesOf({ workspace, inPlace }) {
      if (!inPlace) return { hiddenPaths: [], isReadOnly: false };
      return rulesOf(workspace, settings.dataDir, checkout, security.keyPaths);
    },
    linkedGitOf: (treeUid) => rememberedGit(join(settings.dataDir, "cache", treeUid))?.linked ?? null,
    refusalOf: ({ workspace, inPlace }) =>
      inPlace ? refusalOfFolder(workspace, { dataDir: settings.dataDir, checkout, keyPaths: security.keyPaths }) : null,
    // The name begins with the tree's id, so that leftovers of a deleted tree can be found.
    ownFolderOf: (treeUid, taskUid) => join(settings.dataDir, "workspaces", `${treeUid}.own`, taskUid),
    cacheDirOf: (treeUid) => join(settings.dataDir, "cache", treeUid),
    activities: acting.live.activities,
  };
}

function worldLimits(
  { settings, silentMs = SILENT_MS, heldMs = HELD_MS }: RuntimeOptions,
  store: Pick<Store, "spendCaps">,
): WorkerWorld["limits"] {
  return {
    maxDepth: settings.maxDepth,
    maxWidth: settings.maxWidth,
    maxTasksPerTree: settings.maxTasksPerTree,
    // Read each time, because an admin changes the caps while tasks run.
    get isDayCapped() {
      return isDayCapped(withStored(settings.dailyCaps, store.spendCaps.read()));
    },
    silentMs,
    heldMs,
    privateHosts: settings.privateHosts,
    defaultTimeoutMs: settings.defaultTimeoutMs,
  };
}
