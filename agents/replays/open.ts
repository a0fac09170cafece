/** Opens the tree of a replay: the ended tree again from its beginning, with one of the two versions, without people. */
import { join } from "node:path";
import type { Configuration } from "@/agents/configuration/configuration";
import { idOf } from "@/core/ids";
import { type GrantAmounts, NO_CAPS } from "@/core/log/amounts";
import type { Entry, Level } from "@/core/log/entries";
import type { PinnedVersion } from "@/core/log/versions";
import { withinGrantOf } from "@/core/rules/agent-grant";
import { REPLAYER, type Replay } from "@/db/configuration/replay-rows";
import type { ReplaySource } from "@/db/configuration/replays";
import type { Trial } from "@/db/configuration/trials";
import type { Store } from "@/db/store";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { WorkspaceError } from "@/lib/workspace/path";
import { prepareWorkspace } from "@/lib/workspace/prepare";
import { type Beginning, beginningOf } from "./beginning";

export interface OpenSources {
  store: Pick<Store, "replays" | "forks" | "trees">;
  configuration: Pick<Configuration, "agents" | "agentBody" | "setupFor">;
  snapshots: Pick<SnapshotStore, "share">;
  dataDir: string;
  checkout: string;
  /** Returns null when the model has no price. */
  priceOf(model: string): number | null;
}

/** A replay reaches nothing but its workspace. */
const RIGHTS: ReadonlySet<Level> = new Set(["read", "write"]);
/** A replay's limit, as a multiple of what the ended tree spent: work that is sent back twice costs three times as much. */
const MOST_SPEND = 4;
/** The least cap: a call reserves the longest reply that it may get, which is far more than a short task spends. */
const LEAST_TOKENS = 100_000;
const PRIORITY = -100;

/** Opens the tree, unless it is there already. */
export async function openReplay(sources: OpenSources, trial: Trial, replay: Replay): Promise<void> {
  const { store } = sources;
  if (store.replays.treeOf(trial, replay) !== null) return store.replays.began(replay);
  const source = store.replays.source(replay.source);
  if (!source) return store.replays.drop(replay, "deleted");
  const beginning = beginningOf(store, source);
  if (!beginning || !sources.configuration.agents().some(({ name }) => name === beginning.setup.agent))
    return store.replays.drop(replay, "not_possible");
  try {
    await insert(sources, { trial, replay, source, beginning });
  } catch (error) {
    // Another process has opened it in between.
    if (store.replays.treeOf(trial, replay) === null) {
      if (error instanceof WorkspaceError) return store.replays.drop(replay, "not_possible");
      throw error;
    }
  }
  await store.replays.began(replay);
}

interface Plan {
  trial: Trial;
  replay: Replay;
  source: ReplaySource;
  beginning: Beginning;
}

async function insert(sources: OpenSources, { trial, replay, source, beginning }: Plan): Promise<void> {
  const { store, configuration, snapshots, dataDir, checkout } = sources;
  const { setup, assignment, notes, snapshot } = beginning;
  const { tree: uid } = replay;
  const pinned: PinnedVersion[] = [{ kind: trial.kind, name: trial.name, version: versionOf(trial, replay) }];
  const own = configuration.agentBody(setup.agent, pinned);
  const caps = withinGrantOf(capsOf(sources, beginning, source), own);
  // With a snapshot, the checkout creates the folder, complete or not at all.
  if (snapshot !== null) await snapshots.share(snapshot, uid, "fork");
  else prepareWorkspace({ dataDir, checkout, treeId: uid, request: {} });
  const { instruction, title, workspace, criteria, fixedShares } = assignment;
  const inserted = await store.trees.insert({
    uid,
    title,
    caps,
    isTainted: source.isTainted,
    ...(snapshot !== null && { snapshot }),
    rootUid: idOf(uid, { turn: 0, id: "root" }, "task"),
    workspace: join(dataDir, "workspaces", uid),
    inPlace: false,
    isSystem: true,
    priority: PRIORITY,
    createdBy: REPLAYER,
    setup: configuration.setupFor(setup.agent, {
      model: setup.model,
      instruction,
      pinned,
      replay: true,
      rights: setup.rights.filter((level) => RIGHTS.has(level)),
      ...((setup.confined || setup.within) && { confined: true }),
      ...(setup.runbook && { runbook: setup.runbook.name }),
    }),
    assignment: {
      instruction,
      title,
      grant: caps,
      workspace,
      criteria,
      stepping: "automatic",
      role: "work",
      purpose: null,
      depth: 0,
      chosen: false,
      dependsOn: [],
      material: null,
      ...(fixedShares && { fixedShares }),
    },
    events: [...notes, originOf(trial, replay)],
  });
  // It has a new folder, and takes part in no trial.
  if (!inserted.ok) throw new Error(`The tree of a replay was refused: ${JSON.stringify(inserted)}`);
}

function versionOf({ version, baseVersion }: Trial, { side }: Pick<Replay, "side">): number {
  return side === "candidate" ? version : baseVersion;
}

/** Returns the entry that tells people what the tree is. No model reads it. */
function originOf(trial: Trial, replay: Replay): Entry {
  const what = `version ${versionOf(trial, replay)} of the ${trial.kind} ${trial.name}`;
  const why = `This replays the tree ${replay.source} before the trial of version ${trial.version}.`;
  return { kind: "event", turn: 0, content: { type: "choice", what, why } };
}

/** Returns caps from what the ended tree spent, within its own. */
function capsOf({ priceOf }: OpenSources, { setup, assignment }: Beginning, source: ReplaySource): GrantAmounts {
  const { tokens, microUsd, ...own } = assignment.grant;
  const mostTokens = Math.max(LEAST_TOKENS, MOST_SPEND * source.tokens);
  const hasPrice = priceOf(setup.model) !== null && source.microUsd > 0;
  const perToken = source.tokens > 0 ? source.microUsd / source.tokens : 0;
  const mostMicroUsd = hasPrice ? Math.ceil(Math.max(MOST_SPEND * source.microUsd, LEAST_TOKENS * perToken)) : null;
  return {
    ...NO_CAPS,
    ...own,
    tokens: Math.min(mostTokens, tokens ?? mostTokens),
    microUsd: mostMicroUsd === null ? microUsd : Math.min(mostMicroUsd, microUsd ?? mostMicroUsd),
  };
}
