/** The commands of the machine, as the terminal's sandbox has them: looked for at most once an hour. */
import type { SandboxPort } from "@/lib/sandbox/port";
import type { Timers } from "@/lib/time/timers";
import { KNOWN_COMMANDS, type KnownCommand } from "./known-commands";

interface FoundCommand extends KnownCommand {
  /** The first line of its version; empty when it says none. */
  version: string;
}

export interface MachineCommands {
  /** Resolves with the commands, or with why none could be looked for. Never rejects. */
  find(): Promise<{ commands: FoundCommand[]; problem: string | null }>;
}

interface CommandSources {
  sandbox(): Promise<SandboxPort>;
  now(): number;
  timers: Timers;
}

const POLL_MS = 30_000;
const KEPT_MS = 3_600_000;
/** A failure may pass, so it is kept for a shorter time. */
const KEPT_FAILURE_MS = 60_000;
const MOST_BYTES = 100_000;
const CUT_SHORT = "Some commands of the machine are missing: the look for them took too long.";
/** The last line of a search that was not cut short. It is no command's name. */
const END = "<end>";

type Found = Awaited<ReturnType<MachineCommands["find"]>>;

export function createMachineCommands(sources: CommandSources): MachineCommands {
  let kept: { atMs: number; found: Promise<Found>; failed: boolean } | null = null;
  return {
    find() {
      const nowMs = sources.now();
      const age = kept ? nowMs - kept.atMs : 0;
      if (kept && age < (kept.failed ? KEPT_FAILURE_MS : KEPT_MS)) return kept.found;
      const scan = { atMs: nowMs, found: lookAround(sources), failed: false };
      kept = scan;
      void scan.found.then(({ problem }) => {
        scan.failed = problem !== null;
      });
      return scan.found;
    },
  };
}

async function lookAround({ sandbox, timers }: CommandSources): Promise<Found> {
  try {
    const { text, isWhole } = await output(await sandbox(), timers);
    return { commands: read(text), problem: isWhole ? null : CUT_SHORT };
  } catch (error) {
    return { commands: [], problem: `Commands of the machine could not be looked for: ${(error as Error).message}` };
  }
}

/** Runs the look in an empty folder, without a network. Returns what it printed, and whether it came to its end. */
async function output(sandbox: SandboxPort, timers: Timers): Promise<{ text: string; isWhole: boolean }> {
  const status = await sandbox.status();
  if (!status.available) throw new Error(status.reason);
  const started = await sandbox.start({ command: SCRIPT, workspace: null, hiddenPaths: [] });
  const cancel = timers.after(POLL_MS, () => void started.kill());
  let text = "";
  try {
    started.stdin.end();
    started.stderr.resume();
    started.stdout.setEncoding("utf8");
    for await (const piece of started.stdout) {
      text += piece;
      if (text.length > MOST_BYTES) break;
    }
    return { text, isWhole: text.trimEnd().endsWith(`\n${END}`) };
  } finally {
    cancel();
    await started.kill();
  }
}

/** The names are ours, so nothing in the line needs quoting. A command that hangs costs two seconds. */
const SCRIPT = `${KNOWN_COMMANDS.map(
  ({ name, flag }) =>
    `command -v ${name} >/dev/null && printf '%s\\t%s\\n' ${name} "$(timeout 2 ${name} ${flag} 2>&1 </dev/null | grep -m1 '[0-9]' | cut -c1-120)"`,
).join("\n")}
echo; echo '${END}'`;

function read(text: string): FoundCommand[] {
  const versions = new Map(text.split("\n").map((line) => line.split("\t", 2) as [string, string | undefined]));
  return KNOWN_COMMANDS.flatMap((known) =>
    versions.has(known.name) ? [{ ...known, version: plainVersion(versions.get(known.name) ?? "") }] : [],
  );
}

/** Programs of the machine are trusted, their output is shortened all the same. */
function plainVersion(text: string): string {
  return /\d+(\.\d+)+[\w.+-]*/.exec(text)?.[0] ?? text.replace(/\p{C}/gu, "").slice(0, 40);
}
