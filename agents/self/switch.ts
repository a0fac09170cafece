/**
 * The switch of self-modification. It is off when a person has switched it off, or when the file `self/halt` is in the
 * data folder: whoever has the machine can always place that file, also when no page answers.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { SelfPower } from "@/core/shapes/improving/self";
import { iso } from "@/db/file/iso";
import type { SelfSwitchStore } from "@/db/records/self-switch";
import { WorkspaceError } from "@/lib/workspace/path";

/** A running check is ended within this time. */
const POLL_MS = 1_000;

export interface SelfSwitch {
  state(): SelfPower;
  /** Throws a `WorkspaceError` with one sentence while it is off. */
  refuseWhileOff(): void;
  /** Runs `work` with a signal that also ends when the switch is turned off; then rejects with that sentence. */
  whileOn<Result>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

/** A person's way to stop everything that agents do to Banyan itself, below the data folder. */
const HALT_FILE = join("self", "halt");

export function createSelfSwitch(dataDir: string, stored: Pick<SelfSwitchStore, "off">): SelfSwitch {
  const file = join(dataDir, HALT_FILE);
  const state = (): SelfPower => {
    const placed = statSync(file, { throwIfNoEntry: false });
    if (placed) return { off: { by: null, since: iso(placed.mtimeMs), reason: `The file ${file} is there.` } };
    const off = stored.off();
    return { off: off && { by: off.by, since: iso(off.sinceMs), reason: off.reason } };
  };
  const refuseWhileOff = () => {
    const sentence = refusalOf(state());
    if (sentence !== null) throw new WorkspaceError(sentence);
  };
  return {
    state,
    refuseWhileOff,
    async whileOn(signal, work) {
      refuseWhileOff();
      const end = new AbortController();
      const polling = setInterval(() => {
        const sentence = refusalOf(state());
        if (sentence !== null) end.abort(new WorkspaceError(sentence));
      }, POLL_MS);
      // Whoever ends the work may close the database next.
      const stop = () => clearInterval(polling);
      signal.addEventListener("abort", stop, { once: true });
      try {
        return await work(AbortSignal.any([signal, end.signal]));
      } finally {
        stop();
        signal.removeEventListener("abort", stop);
      }
    },
  };
}

/** Returns why nothing is changed at present, as a sentence, or null. */
export function refusalOf({ off }: SelfPower): string | null {
  if (off === null) return null;
  if (off.by === null) return `Changes of Banyan by agents are switched off. ${off.reason} Remove it to allow them.`;
  const why = off.reason ? `: ${off.reason}` : "";
  return `Changes of Banyan by agents are switched off by ${off.by}${why.replace(/\.?$/, ".")} An admin switches them on with "banyan self on".`;
}
