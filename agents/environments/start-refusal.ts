/** What the sandbox of this machine says when it starts no command. */
import { UserError } from "@/agents/application";

/** No command ran. Whoever looks after the machine reads the sentence; the same step may work later. */
export class SandboxRefusal extends UserError {
  constructor(reason: string) {
    super("unavailable", reason);
  }
}

/** Starts something in the sandbox. Throws SandboxRefusal where the sandbox rejects it, unless it is no longer wanted. */
export async function inSandbox<Result>(signal: AbortSignal, start: () => Promise<Result>): Promise<Result> {
  try {
    return await start();
  } catch (error) {
    signal.throwIfAborted();
    throw new SandboxRefusal(error instanceof Error ? error.message : String(error));
  }
}
