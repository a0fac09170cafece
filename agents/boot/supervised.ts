/** Starts a worker with everything that watches beside it. */
import { startFailureWatch } from "@/agents/improvement/failures";
import { startFlagWatch } from "@/agents/improvement/flags";
import { startLookWatch } from "@/agents/improvement/watch";
import { startLessonWatch } from "@/agents/memory/watch";
import { refusalOf, usableModels } from "@/agents/providers/usable-models";
import { undecidedBy } from "@/agents/queries/trials";
import { startReplayWatch } from "@/agents/replays/watch";
import { droppableSnapshots } from "@/agents/retention/snapshots";
import { startRunnerWatch } from "@/agents/runners/watch";
import { startOpenTaskWatch } from "@/agents/servers/open-tasks";
import { forSubtasks } from "@/agents/tools/subtasks/host-agents";
import type { WorkerWorld } from "@/agents/turn/world";
import { type SupervisorOptions, startSupervisor } from "@/agents/worker/supervisor";
import { startWorker, type Worker } from "@/agents/worker/worker";
import { createAtWork } from "@/lib/process/at-work";
import { ownIdentity } from "@/lib/process/identity";
import { governorOf } from "./governing";
import { keepEnvironments } from "./on-environments";
import { beginOnEvolution } from "./on-evolution";
import { beginOnForges } from "./on-forges";
import { beginOnSchedule, type FolderSettings } from "./on-schedule";
import { prepareTraces, sendTraces } from "./on-traces";
import type { Runtime, RuntimeParts, SupervisedWorker } from "./runtime-parts";

export async function startSupervised(
  parts: RuntimeParts,
  world: WorkerWorld,
  given: Parameters<Runtime["startWorker"]>[0],
): Promise<SupervisedWorker> {
  const { options, acting, timers } = parts;
  // Before the worker, because it may claim tasks as soon as it starts.
  const governor = governorOf({ ...parts, parks: world.parks, leads: () => worker?.leads() === true });
  let worker: Worker | null = null;
  await prepareTraces(parts);
  const started = await startWorker(world, acting.store, {
    identity: ownIdentity(),
    claiming: governor.claiming,
    atWork: createAtWork(options.settings.dataDir),
    report: options.report,
    slots: options.settings.maxConcurrentAgents,
    ...given,
  });
  worker = started;
  const traces = sendTraces(parts, () => started.leads());
  void governor.check();
  // Tasks of a pool start as soon as one of its runners has a free slot.
  const endPoking = parts.cell?.onChange(() => acting.store.log.poke()) ?? (() => {});
  const endRunners = watchRunners(parts, () => started.leads());
  const supervisor = startSupervisor(world, acting.store, started, supervisorOptions(parts));
  const { now } = parts;
  // A process that works on one tree only would never work on the tree of a look.
  const leads = () => given.treeId === undefined && started.leads();
  const watched = { timers, leads, report: options.report };
  const looks = startLookWatch({ ...acting.looks, ...watched });
  const failures = startFailureWatch({ store: acting.store, now, ...watched });
  const flags = startFlagWatch({ ...acting.flagLooks, ...watched });
  const { store, security, snapshots } = acting;
  const { maxLessons } = options.settings;
  const learning = { store, redactor: security.redactor, snapshots, maxLessons, now };
  const lessons = startLessonWatch({ ...learning, ...watched });
  const replays = startReplayWatch({ ...acting.replays, ...watched });
  const outsideTasks = startOpenTaskWatch({ tasks: parts.servers, ...watched, leads: () => started.leads() });
  const schedules = beginOnSchedule(acting, { ...watched, now }, foldersOf(parts));
  const forges = beginOnForges(parts, { ...watched, now });
  const { environments, promotions } = keepEnvironments(parts, { ...watched, now });
  const evolves = () => (given.evolves ? started.leads() : leads());
  const evolutions = beginOnEvolution(parts, { ...watched, leads: evolves, now });
  return {
    ...started,
    supervisor,
    governor,
    looks,
    failures,
    flags,
    lessons,
    replays,
    outsideTasks,
    schedules,
    forges,
    environments,
    promotions,
    evolutions,
    traces,
    get id() {
      return started.id;
    },
    async stop(graceMs) {
      supervisor.stop();
      endPoking();
      endRunners();
      const isLast = traces.isOn && started.leads();
      const watches = Promise.all([
        governor.stop(),
        looks.stop(),
        failures.stop(),
        flags.stop(),
        lessons.stop(),
        replays.stop(),
        outsideTasks.stop(),
        schedules.stop(),
        forges.stop(),
        environments.stop(),
        promotions.stop(),
        evolutions.stop(),
      ]);
      // The turns have their grace from now on, however long a watch takes.
      await Promise.all([started.stop(graceMs, watches), watches]);
      await traces.stop(isLast);
    },
  };
}

/** Returns the end of the watch. */
function watchRunners({ cell, places, checks, acting, timers, now, options }: RuntimeParts, leads: () => boolean) {
  if (cell === null) return () => {};
  return startRunnerWatch({ cell, places, checks, store: acting.store, timers, leads, now, report: options.report });
}

function foldersOf({ options: { settings, checkout }, acting: { security } }: RuntimeParts): FolderSettings {
  const { dataDir, workspaceRoots } = settings;
  return { dataDir, checkout, keyPaths: security.keyPaths, workspaceRoots };
}

function supervisorOptions({ options, acting, now }: RuntimeParts): SupervisorOptions {
  const { settings, checkout, report } = options;
  const { store, configuration, providers, snapshots } = acting;
  return {
    intervalMs: settings.supervisorIntervalMs,
    configuration,
    dataDir: settings.dataDir,
    checkout,
    get defaultModel() {
      return providers.defaultModel();
    },
    tokensPerDay: settings.supervisorTokensPerDay,
    priceOf: acting.models.priceOf,
    choices: () => ({
      agents: forSubtasks(configuration.agents()),
      models: usableModels(acting.models, providers.states()),
    }),
    undecidedBy: () => undecidedBy({ providers, power: acting.self.power }),
    refusalOf: (model) => refusalOf(acting.models, providers.states(), model),
    now,
    report,
    compactSnapshots: () =>
      snapshots.compact({
        maxBytes: settings.maxSnapshotBytes,
        droppable: (trees) => droppableSnapshots({ store, retentionSettings: settings.retention }, trees),
      }),
  };
}
