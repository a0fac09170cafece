import { execFile } from "node:child_process";
import os from "node:os";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Returns the versions of the programs that run the gates, for the evidence. */
export async function toolVersions(): Promise<Record<string, string>> {
  const [git, bubblewrap] = await Promise.all([versionOf("git"), versionOf("bwrap")]);
  return { node: process.version, platform: `${os.platform()} ${os.release()} ${os.arch()}`, git, bubblewrap };
}

async function versionOf(program: string): Promise<string> {
  try {
    const { stdout } = await run(program, ["--version"], { cwd: "/" });
    return stdout.trim();
  } catch {
    return "missing";
  }
}
