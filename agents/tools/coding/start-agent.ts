/** Starts the program of an agent in the sandbox, with a home of its own and one way to its models. */
import type { SandboxProcess } from "@/lib/sandbox/port";
import { WorkspaceError } from "@/lib/workspace/path";
import type { Way } from "./drive";
import type { Prepared } from "./prepare";

/** The gateway's port in the sandbox. */
export const PORT = 3129;
const LIMITS = { processes: 512, openFiles: 4_096, tmpSizeBytes: 256 * 1024 * 1024 };

export interface Start {
  socket: string;
  env: Record<string, string>;
}

export async function startAgent(
  { context, workplace, executor, place }: Prepared,
  { executable }: Way,
  args: readonly string[],
  { socket, env }: Start,
): Promise<SandboxProcess> {
  try {
    return await workplace.codingAgents.start(executor.name, place, {
      command: `exec ${[executable.inside, ...args].map(quote).join(" ")}`,
      readOnly: executable.readOnly,
      env: { ...env, NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" },
      forward: { socket, port: PORT },
      limits: LIMITS,
      signal: context.signal,
      onActivity: () => context.onActivity?.(),
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw new WorkspaceError(error instanceof Error ? error.message : String(error));
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
