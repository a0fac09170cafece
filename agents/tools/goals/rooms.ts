/** The rooms in which the commands of a goal run: fresh ones, each thrown away after its command. */
import type { ToolContext } from "@/agents/tools/contract/tool";
import type { Differences } from "@/lib/clean-room/differences";
import type { RoomOptions } from "@/lib/clean-room/room";
import { EVERYTHING } from "@/lib/clean-room/scope";
import type { ChangedPath } from "@/lib/snapshots/port";
import { removeRoom } from "@/lib/workplace/checks";
import type { Room, RoomCommand } from "@/lib/workplace/port";
import { type Ran, run } from "./commands";

export interface RoomWish {
  how: RoomOptions["how"];
  /** Without the tests that agents do not see. */
  isVisible?: boolean;
  /** Where its commands find themselves; absent: where the commands of agents do. */
  place?: RoomCommand["place"];
}

export interface Rooms {
  /** Tests that agents do not see, which is why nobody is told what they print. */
  hidden: readonly string[];
  /** What the commands are checked by: paths that the work may not change. */
  fixed: readonly string[];
  /** Runs `work` in a fresh room. */
  in<Result>(wish: RoomWish, work: (room: Room) => Promise<Result>): Promise<Result>;
  /** Runs `work` in a copy of the folder as the work left it, or in all that the commit has. */
  asChanged<Result>(work: (room: Room) => Promise<Result>): Promise<Result>;
}

export interface RoomsOf {
  /** Installs packages; null: those of the start are there. */
  setupCommand: string | null;
  start: string;
  now: string;
  differences: Differences;
  /** All that a commit changed, which a fresh clone has; null: the folder is checked. */
  delivered: readonly ChangedPath[] | null;
  hidden: readonly string[];
  /** Each wish makes it anew. */
  room: Room;
  context: ToolContext;
}

/** If the work creates everything, it installs the packages too. */
function isEverything({ scope }: Differences): boolean {
  return scope.includes(EVERYTHING);
}

export function roomsOf(of: RoomsOf): Rooms {
  const { setupCommand, start, now, differences, delivered, hidden, room, context } = of;
  const { signal } = context;
  const setup = differences.installs ? setupCommand : null;
  const usualSetup = isEverything(differences) ? null : differences.usualSetup;
  const withoutPackages = setup !== null;
  const inFresh = async <Result>(
    { how, place, isVisible }: RoomWish,
    brought: Differences,
    work: (room: Room) => Promise<Result>,
  ): Promise<Result> => {
    try {
      // What a setup downloads does not fit into a home in memory, and what it leaves there is for the commands after it.
      if (place) await room.makeHome();
      const without = isVisible ? hidden : [];
      await room.make({ start, now, differences: brought, how, withoutPackages, without }, signal);
      // Tests may run without packages, so this one may fail.
      if (setup === null && usualSetup !== null) await run(context, room, usualSetup, { withNetwork: true, place });
      if (setup !== null) {
        const ran = await run(context, room, setup, { withNetwork: true, place });
        if (ran.exitStatus !== 0) throw new SetupFailed(ran);
      }
      if (await room.lacksIndex()) await run(context, room, "git reset -q", { place });
      return await work(room);
    } finally {
      await removeRoom(room, signal);
    }
  };
  return {
    hidden,
    fixed: differences.fixed,
    in: (wish, work) => inFresh(wish, differences, work),
    async asChanged(work) {
      if (delivered !== null) {
        const whole = { ...differences, taken: [...delivered], newTests: [], manifests: [] };
        return inFresh({ how: "strict" }, whole, work);
      }
      try {
        await room.copyFolder(signal);
        return await work(room);
      } finally {
        await removeRoom(room, signal);
      }
    },
  };
}

/** The packages could not be installed: a result like a failing test, which the next round can repair. */
export class SetupFailed extends Error {
  override name = "SetupFailed";
  constructor(readonly ran: Ran) {
    super("The setup command failed.");
  }
}
