/** Which launch of which release this process is, as the launcher tells it. A process without a launcher has none. */

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
  /** The launcher's process, as the machine numbers it. */
  launcherPid: number;
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
  const { home, number, release, instance, isTrial, launcherPid, holdsPort } = JSON.parse(text) as Launch;
  if (typeof home !== "string" || !Number.isSafeInteger(number) || typeof instance !== "string")
    throw new Error(`${LAUNCH_SETTING} is set, but not by a launcher: unset it.`);
  return { home, number, release, instance, launcherPid, isTrial: isTrial === true, holdsPort: holdsPort === true };
}
