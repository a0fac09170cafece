/** The rooms in which the commands of a goal run: fresh ones, each thrown away after its command. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { viewOf } from "@/agents/tools/files/workspace-tool";
import type { Differences, Snapshots } from "@/lib/clean-room/differences";
import { type FixedFiles, fixedFiles } from "@/lib/clean-room/fixed-files";
import { lacksIndex } from "@/lib/clean-room/git-state";
import { MAX_COPY_BYTES, makeRoom, type RoomOptions } from "@/lib/clean-room/room";
import { EVERYTHING } from "@/lib/clean-room/scope";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxPlace } from "@/lib/sandbox/port";
import { cleanCopy, removeCopy } from "@/lib/workspace/clean-copy";
import { type Ran, run } from "./commands";

export interface Room {
  how: RoomOptions["how"];
  /** Without the tests that agents do not see. */
  isVisible?: boolean;
  /** Where its commands find themselves; absent: where the commands of agents do. */
  place?: SandboxPlace;
}

export interface Rooms {
  /** Tests that agents do not see, which is why nobody is told what they print. */
  hidden: readonly string[];
  /** Watches what the commands are checked by, in a room. */
  fixed(folder: string): FixedFiles;
  /** Runs `work` in a fresh room. */
  in<Result>(room: Room, work: (folder: string, place: SandboxPlace | undefined) => Promise<Result>): Promise<Result>;
  /** Runs `work` in a copy of the folder as the work left it. */
  asChanged<Result>(work: (folder: string) => Promise<Result>): Promise<Result>;
}

export interface RoomsOf {
  /** Installs packages; null: those of the start are there. */
  setupCommand: string | null;
  start: string;
  now: string;
  differences: Differences;
  hidden: readonly string[];
  context: ToolContext;
}

/** If the work creates everything, it installs the packages too. */
function isEverything({ scope }: Differences): boolean {
  return scope.includes(EVERYTHING);
}

export function roomsOf(snapshots: Snapshots, of: RoomsOf): Rooms {
  const { setupCommand, start, now, differences, hidden, context } = of;
  const { cacheDir, signal } = context;
  const folder = join(cacheDir, `goal-${context.taskId}`);
  const setup = differences.installs ? setupCommand : null;
  const usualSetup = isEverything(differences) ? null : differences.usualSetup;
  const withoutPackages = setup !== null;
  return {
    hidden,
    fixed: (at) => fixedFiles(at, differences.fixed),
    async in({ how, place: given, isVisible }, work) {
      // What a setup downloads does not fit into a home in memory, and what it leaves there is for the commands after it.
      const place = given && { ...given, homeFolder: `${folder}-home` };
      try {
        if (place) freshHome(place.homeFolder);
        await makeRoom(snapshots, folder, {
          cacheDir,
          start,
          now,
          differences,
          how,
          withoutPackages,
          signal,
          ...(isVisible && { without: hidden }),
        });
        // Tests may run without packages, so this one may fail.
        if (setup === null && usualSetup !== null) await run(context, folder, usualSetup, { withNetwork: true, place });
        if (setup !== null) {
          const ran = await run(context, folder, setup, { withNetwork: true, place });
          if (ran.exitStatus !== 0) throw new SetupFailed(ran);
        }
        if (lacksIndex(folder)) await run(context, folder, "git reset -q", { place });
        return await work(folder, place);
      } finally {
        removeCopy(folder);
        if (place) removeCopy(place.homeFolder);
      }
    },
    async asChanged(work) {
      const { root, hiddenPaths } = viewOf(context);
      try {
        await cleanCopy(root, folder, { hiddenPaths, maxBytes: MAX_COPY_BYTES, signal });
        return await work(folder);
      } finally {
        removeCopy(folder);
      }
    },
  };
}

function freshHome(folder: string): void {
  removeCopy(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveToTools(folder);
}

/** The packages could not be installed: a result like a failing test, which the next round can repair. */
export class SetupFailed extends Error {
  override name = "SetupFailed";
  constructor(readonly ran: Ran) {
    super("The setup command failed.");
  }
}
