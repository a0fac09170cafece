/** The part of `doctor` about commands that agents run: what is on, what is off, and why. */
import { testTerminal } from "@/agents/boot/looking";
import { serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import { seccompProgram } from "@/lib/sandbox/seccomp";
import { hasTerminals } from "@/lib/terminals/tty";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./doctor";

const NETWORK = "Network of commands";
const BACKGROUND = "Background commands";

export async function commands({ settings }: Context): Promise<Finding[]> {
  const status = await testTerminal();
  if (!status.available) {
    const remedy = "Until then agents have no terminal; everything else works.";
    const off = "Off, because there is no terminal sandbox.";
    return [
      { name: "Terminal sandbox", mark: "warn", text: status.reason, remedy },
      ...[NETWORK, BACKGROUND].map((name): Finding => ({ name, mark: "warn", text: off, remedy: "" })),
    ];
  }
  return [sandbox(settings.maxWorkspaceBytes), network(status.noNetwork), background()];
}

function sandbox(maxWorkspaceBytes: number): Finding {
  const name = "Terminal sandbox";
  const user = serverIsRoot()
    ? `as the workspace's owner, or as user ${UNPRIVILEGED_USER.uid} where root owns it`
    : "as the server's own user";
  const text = `Commands of agents are confined; they run ${user}, in workspaces of at most ${Math.round(maxWorkspaceBytes / 1024 ** 2)} MB.`;
  if (seccompProgram() !== null) return { name, mark: "ok", text, remedy: "" };
  const unfiltered = `${text} Their system calls are not filtered on ${process.arch}.`;
  return {
    name,
    mark: "warn",
    text: unfiltered,
    remedy: "Run Banyan on x86-64 or arm64 where agents read untrusted text.",
  };
}

function network(noNetwork: string | undefined): Finding {
  if (noNetwork === undefined) {
    const text = "Off, but for the hosts that a call names and the policy allows; those are reached through a proxy.";
    return { name: NETWORK, mark: "ok", text, remedy: "" };
  }
  return { name: NETWORK, mark: "warn", text: noNetwork, remedy: "Until then commands run without a network." };
}

function background(): Finding {
  const text = "They end with their task, their tree and the server.";
  if (hasTerminals()) return { name: BACKGROUND, mark: "ok", text, remedy: "" };
  const remedy = "For programs that need a terminal install `script` (Debian: apt-get install bsdutils).";
  return { name: BACKGROUND, mark: "warn", text, remedy };
}
