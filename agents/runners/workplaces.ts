/** Workplaces where they are: on the server's machine, or on the runner that has the tree's folders. */
import { callIds } from "@/lib/runner/call-ids";
import { formerPlaceCaller, placeCaller, RunnerError } from "@/lib/runner/caller";
import type { SnapshotStore } from "@/lib/snapshots/port";
import type { WorkplaceCall, WorkplaceFolder, WorkplaceServers, Workplaces } from "@/lib/workplace/port";
import { type PlaceCaller, remoteWorkplace } from "@/lib/workplace/remote";
import type { RunnerPlaces } from "./places";

interface PlacedSources {
  local: Workplaces;
  places: RunnerPlaces;
  snapshots: SnapshotStore;
}

export interface PlacedWorkplaces extends Workplaces {
  /** Returns the hosts that a background command on a runner may reach; "*" for one that an earlier process started. */
  hostsOf(id: string): readonly string[];
}

const MOST_COMMANDS = 10_000;

export function placedWorkplaces({ local, places, snapshots }: PlacedSources): PlacedWorkplaces {
  const hosts = new Map<string, readonly string[]>();
  const keep = (id: string, allowed: readonly string[]) => {
    hosts.set(id, allowed);
    const [oldest] = hosts.keys();
    if (hosts.size > MOST_COMMANDS && oldest !== undefined) hosts.delete(oldest);
  };
  return {
    of({ inLine, ...folder }) {
      if (!places.isPlaced(folder.tree)) return local.of(folder);
      const caller = callerFor(places, folder.tree, { call: folder.call ?? null, inLine });
      const workplace = remoteWorkplace({ ...folder, isElsewhere: true }, { caller, store: snapshots });
      const { commands } = workplace;
      const start: typeof commands.start = async (run, signal) => {
        const started = await commands.start(run, signal);
        keep(started.id, run.network?.hosts ?? []);
        return started;
      };
      const servers = { ...workplace.servers, call: whileThere(places, folder.tree) };
      return { ...workplace, commands: { ...commands, start }, servers };
    },
    hostsOf: (id) => hosts.get(id) ?? ["*"],
  };
}

/** Operations go to where the tree is when the first one is asked; those of a call, to where the call began. */
function callerFor(places: RunnerPlaces, tree: string, { call, inLine }: Asking): PlaceCaller {
  let found: Promise<Found> | undefined;
  let hasAsked = false;
  const get = () => {
    found ??=
      call === null ? currentCaller(places, tree, inLine) : callerOfCall(places, tree, { call, inLine }, hasAsked);
    return found;
  };
  return {
    async ask(request) {
      const first = await get();
      const end = await places.begin(tree);
      try {
        // It may have moved before it was held. A place that the tree had left before stays what it was.
        if (first.number !== null && !places.isAt(tree, first.number)) found = undefined;
        const { caller, number } = await get();
        hasAsked = true;
        // A tool server lives as long as its tree is there, so it holds the tree nowhere.
        if (request.part === "servers") {
          end();
          return await caller.ask(request);
        }
        const result = await caller.ask(request);
        if (number !== null) places.heard(tree, number);
        return result;
      } finally {
        end();
      }
    },
    packs: {
      put: async (name, bytes) => (await get()).caller.packs.put(name, bytes),
      async *get(pack) {
        yield* (await get()).caller.packs.get(pack);
      },
      remove: async (name) => (await get()).caller.packs.remove(name),
    },
  };
}

/** Returns what makes a call to a tool server: while it runs, the tree does not move. */
function whileThere(places: RunnerPlaces, tree: string): WorkplaceServers["call"] {
  return async (ask) => {
    await places.settle(tree);
    const end = await places.begin(tree);
    try {
      // It may have moved before it was held.
      const { number } = await places.settle(tree);
      return await ask(number);
    } finally {
      end();
    }
  };
}

interface Asking {
  call: WorkplaceCall | null;
  inLine: WorkplaceFolder["inLine"];
}

interface Found {
  caller: PlaceCaller;
  /** Null: the tree has left the place. */
  number: number | null;
}

async function currentCaller(places: RunnerPlaces, tree: string, inLine: Asking["inLine"]): Promise<Found> {
  const { runner, bootId, number } = await places.settle(tree);
  return { caller: await placeCaller({ link: places.link(), runner, bootId, place: number, inLine }), number };
}

/** `hasAsked`: an operation of the call was asked already, so the call cannot be said to have done nothing. */
async function callerOfCall(
  places: RunnerPlaces,
  tree: string,
  { call, inLine }: { call: WorkplaceCall } & Pick<Asking, "inLine">,
  hasAsked: boolean,
): Promise<Found> {
  const { id, place, isResumed } = call;
  const ids = callIds(id);
  const live = places.liveAt(tree, place);
  if (live !== null) {
    const { link, runner, bootId, number } = live;
    return { caller: await placeCaller({ link, runner, bootId, place: number, ids, isResumed, inLine }), number };
  }
  if (hasAsked)
    throw new RunnerError(
      `The tree left the runner ${place.runner} in the middle of the call: look at what it did before you make it again.`,
      true,
    );
  if (!isResumed)
    throw new RunnerError(
      `The tree has left the runner ${place.runner}, so nothing was done: make the call again.`,
      false,
    );
  return { caller: await formerPlaceCaller({ link: places.link(), runner: place.runner, ids }), number: null };
}
