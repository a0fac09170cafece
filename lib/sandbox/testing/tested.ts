/**
 * What the sandbox's self-test finds, once in a process of tests. It finds the same for each sandbox, and starts more processes
 * than most tests do. `sandbox.test.ts` and its neighbours let each sandbox test itself.
 */
import type { SandboxStatus } from "../port";
import { createSandbox } from "../sandbox";

let known: Promise<SandboxStatus> | undefined;

export function testedSandbox(): Promise<SandboxStatus> {
  known ??= findOut();
  return known;
}

async function findOut(): Promise<SandboxStatus> {
  const sandbox = createSandbox();
  const status = await sandbox.status();
  sandbox.close();
  // A machine that is busy may refuse a process, so the next sandbox asks again.
  if (!status.available || status.noNetwork !== undefined) known = undefined;
  return status;
}

const TOLD = "BANYAN_TEST_SANDBOX";

/** For the environment of a process that a test starts again and again, which then finds out nothing. */
export async function sandboxSetting(): Promise<Record<string, string>> {
  return { [TOLD]: JSON.stringify(await testedSandbox()) };
}

/** Returns what a process is told by `sandboxSetting`; otherwise its sandbox tests itself. */
export function toldSandbox(): { sandboxTested?: () => Promise<SandboxStatus> } {
  const told = process.env[TOLD];
  return told === undefined ? {} : { sandboxTested: async () => JSON.parse(told) as SandboxStatus };
}
