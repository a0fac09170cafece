/** Runs any command as the gates would run it: on a copy of the files, in their sandbox. Nothing is judged. */
import { GatesError } from "./model/errors";
import type { CommandResult } from "./model/gate";
import { type Profile, readSettings, SETTINGS_FILE } from "./model/settings";
import { createRunner } from "./running/runner";
import { withWorkplace } from "./running/workplace";
import { sideOf, workingSide } from "./source/sides";
import { textIn } from "./source/trees";

const DEFAULT_MINUTES = 10;

export interface TryOptions {
  folder: string;
  /** A revision. Absent: the files of the folder. */
  head?: string;
  command: string;
  /** Absent: that of the tests. */
  sandbox?: Profile;
  /** Absent: the tests' time. */
  minutes?: number;
  /** Called with each piece of output. */
  onOutput(text: string): void;
}

/** Throws a `GatesError` for wrong use, and an error with one sentence where no command can run. */
export function tryCommand(options: TryOptions): Promise<CommandResult> {
  return withWorkplace(options.folder, async (place) => {
    const { repository, blobs, dir, sandbox } = place;
    const commit = await sideOf(place, options.head ?? "HEAD");
    const { tree } = options.head === undefined ? await workingSide(place, commit) : commit;
    const settings = readSettings(textIn(tree, SETTINGS_FILE, blobs), "the folder");
    const { tests } = settings;
    const minutes = options.minutes ?? tests?.timeout_minutes ?? DEFAULT_MINUTES;
    if (!(minutes > 0)) throw new GatesError("--minutes is the time that the command may take, such as 30.");
    const runner = createRunner({ sandbox, blobs, root: repository.root, dir, settings, onRun: () => undefined });
    const problem = await runner.problem();
    if (problem !== null) throw new Error(problem);
    return runner.run({
      name: "try",
      tree,
      command: options.command,
      timeoutMs: minutes * 60_000,
      sandbox: options.sandbox ?? tests?.sandbox ?? "strict",
      onOutput: options.onOutput,
    });
  });
}
