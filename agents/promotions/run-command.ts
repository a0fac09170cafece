/** Runs a command of a target, in the sandbox, with its secrets and the hosts that an admin allowed it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { secretsOf } from "@/agents/environments/bring-up";
import { inSandbox } from "@/agents/environments/start-refusal";
import type { StoredPromotion, StoredTarget } from "@/db/promotions/promotions";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxProcess } from "@/lib/sandbox/port";
import { deadline } from "@/lib/time/deadline";
import { removeTree } from "@/lib/workspace/remove-tree";
import type { PromotionSources } from "./sources";

const COMMAND_MS = 60 * 60_000;

export interface CommandRun {
  command: string;
  /** The files in which it runs. */
  files: string;
  target: Pick<StoredTarget, "name" | "hosts">;
  /** Names of secrets, by variable. */
  secrets: Record<string, string>;
  /** The commit that the target is to have, and the one that it had. */
  commit: string;
  former: string | null;
  promotion: Pick<StoredPromotion, "uid">;
  signal: AbortSignal;
  /** Throws when the signal was aborted, or another worker leads by now: the folders belong to that one. */
  requireLead(): void;
  say(text: string): void;
}

/** Resolves with null when it succeeded, else with how it ended, as the end of a sentence. Throws SandboxRefusal. */
export async function runCommand(sources: PromotionSources, run: CommandRun): Promise<string | null> {
  const { command, files, target, secrets, commit, former, promotion, signal, requireLead, say } = run;
  requireLead();
  const home = join(files, "..", "home");
  await removeTree(home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  giveToTools(home);
  const env = {
    ...secretsOf(sources, { secrets }),
    BANYAN_TARGET: target.name,
    BANYAN_COMMIT: commit,
    BANYAN_FORMER_COMMIT: former ?? "",
    BANYAN_PROMOTION: promotion.uid,
  };
  signal.throwIfAborted();
  const limit = deadline(signal, COMMAND_MS);
  try {
    const program = await inSandbox(limit.signal, () =>
      sources.sandbox.start({
        command,
        workspace: files,
        hiddenPaths: [],
        home,
        env,
        network: { hosts: target.hosts, privateHosts: sources.privateHosts },
      }),
    );
    const { exitStatus, problem } = await heard(program, limit.signal, say);
    requireLead();
    await removeTree(home);
    if (limit.isLate()) return "took longer than an hour and was ended";
    if (exitStatus === 0 && problem === undefined) return null;
    return problem === undefined ? `ended with exit status ${exitStatus}` : `was ended: ${problem}`;
  } finally {
    limit.end();
  }
}

/** Resolves when the program has ended and all that it printed was said. The signal kills it. */
async function heard(program: SandboxProcess, signal: AbortSignal, say: (text: string) => void) {
  const kill = () => void program.kill();
  signal.addEventListener("abort", kill, { once: true });
  // A listener hears nothing of what happened while the program started.
  if (signal.aborted) kill();
  program.stdin.end();
  for (const stream of [program.stdout, program.stderr]) stream.setEncoding("utf8").on("data", say);
  // What it printed last may arrive after its end.
  const read = Promise.all([program.stdout, program.stderr].map((stream) => finished(stream).catch(() => undefined)));
  const ended = await program.ended;
  await read;
  signal.removeEventListener("abort", kill);
  return ended;
}
