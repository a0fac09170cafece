/** Which launch of which release this process is, as the launcher tells it. A process without a launcher has none. */
import type { ReleasesStatus } from "@/core/shapes/improving/self";

/** The leftovers of a trial that this release has to repair. */
export interface TakenBack {
  n: number;
  item: string;
  why: string;
  /** When the trial began, Unix time. */
  startedMs: number;
  /** The restored parts of the database, or why it could not be put right yet, as a sentence; empty for none. */
  mended: string | null;
}

export interface Launch {
  /** Identifies the launcher's folder. */
  home: string;
  /** Grows with each start of a server by this launcher. */
  number: number;
  release: number;
  /** Identifies this start, also in `/health`. */
  instance: string;
  /** Whether the release is on trial. */
  isTrial: boolean;
  /** Whether the launcher proves and watches it: it claims nothing but canaries until the launcher says so. */
  isWatched: boolean;
  status: ReleasesStatus;
  takenBack: TakenBack | null;
  /** The launcher's process, as the machine numbers it. */
  launcherPid: number;
  /** The kernel's start time of that process, which may be in another pid namespace; "": not known, as from an older launcher. */
  launcherStarted: string;
  /** Whether the process inherits the bound port as `LISTENING_FD`. */
  holdsPort: boolean;
}

/** The descriptor of the port that a launcher has bound. */
export const LISTENING_FD = 3;

/** The launcher sets this; tools do not see it. */
const LAUNCH_SETTING = "BANYAN_LAUNCH";

/** Throws when the setting is not what a launcher writes. */
export function launchIn(env: Readonly<Record<string, string | undefined>>): Launch | null {
  const text = env[LAUNCH_SETTING];
  if (!text) return null;
  const given = JSON.parse(text) as Launch;
  const { home, number, instance } = given;
  if (typeof home !== "string" || !Number.isSafeInteger(number) || typeof instance !== "string")
    throw new Error(`${LAUNCH_SETTING} is set, but not by a launcher: unset it.`);
  const { isTrial, isWatched, holdsPort, status, takenBack, launcherStarted } = given;
  return {
    ...given,
    isTrial: isTrial === true,
    isWatched: isWatched === true,
    holdsPort: holdsPort === true,
    // An older launcher sets none of these.
    status: status ?? { halted: null, notice: null, persons_at: null, releases: [] },
    takenBack: takenBack ?? null,
    launcherStarted: launcherStarted ?? "",
  };
}

/** Returns what a process that starts now is told, after an order of the launcher or a line of the server. */
export function withOrder(
  launch: Launch | null,
  line: { type: string; status?: ReleasesStatus | undefined },
): Launch | null {
  if (launch === null) return null;
  if (line.type === "permanent") return { ...launch, isTrial: false, isWatched: false };
  if (line.type === "claim") return { ...launch, isWatched: false };
  if (line.type === "settled") return { ...launch, takenBack: null };
  return line.type === "status" && line.status ? { ...launch, status: line.status } : launch;
}
