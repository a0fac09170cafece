/** The part of `doctor` that checks how commands of agents run: the sandbox, their network, background commands. */
import type { ServerStatus } from "@/core/shapes/status";
import { serverIsRoot, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import type { SandboxStatus } from "@/lib/sandbox/port";
import { seccompProgram } from "@/lib/sandbox/seccomp";
import { hasTerminals } from "@/lib/terminals/tty";
import type { Context } from "@/scripts/cli/context/context";
import type { Finding } from "./finding";

const NETWORK = "Network of commands";
const BACKGROUND = "Background commands";

/** `server`: what the running server says of its own sandbox; null: none was asked. */
export function commands(
  { settings }: Context,
  here: SandboxStatus,
  server: ServerStatus["terminal"] | null,
): Finding[] {
  if (server?.available && !here.available) {
    const text = `The server's commands are sandboxed. This terminal cannot test how: ${here.reason}`;
    return [{ name: "Terminal sandbox", mark: "ok", text, remedy: "" }];
  }
  const status = server && !server.available ? { available: false as const, reason: server.reason ?? "" } : here;
  if (!status.available) {
    // On macOS nothing can be fixed, and `System` says what else is off.
    const remedy =
      process.platform === "linux"
        ? "Agents have no terminal until this is fixed; everything else works."
        : "Agents have no terminal here.";
    const off = "Off, because there is no terminal sandbox.";
    return [
      { name: "Terminal sandbox", mark: "warn", text: status.reason, remedy },
      ...[NETWORK, BACKGROUND].map((name): Finding => ({ name, mark: "warn", text: off, remedy: "" })),
    ];
  }
  return [sandbox(settings.maxWorkspaceBytes), network(status.noNetwork), background(status.noSharedNetwork)];
}

function sandbox(maxWorkspaceBytes: number): Finding {
  const name = "Terminal sandbox";
  const user = serverIsRoot()
    ? `as the workspace's owner, or as user ${UNPRIVILEGED_USER.uid} where root owns it`
    : "as the server's user";
  const text = `Agents' commands are sandboxed; they run ${user}, in workspaces of at most ${Math.round(maxWorkspaceBytes / 1024 ** 2)} MB.`;
  if (seccompProgram() !== null) return { name, mark: "ok", text, remedy: "" };
  const unfiltered = `${text} Their system calls are not filtered on ${process.arch}.`;
  return {
    name,
    mark: "warn",
    text: unfiltered,
    remedy: "Run Banyan on x86-64 or arm64 if agents read untrusted text.",
  };
}

function network(noNetwork: string | undefined): Finding {
  if (noNetwork === undefined) {
    const text = "Only through a proxy, to hosts that the call names and the policy allows.";
    return { name: NETWORK, mark: "ok", text, remedy: "" };
  }
  return { name: NETWORK, mark: "warn", text: noNetwork, remedy: "Commands have no network until this is fixed." };
}

function background(noSharedNetwork: string | undefined): Finding {
  const text = "They end with their task, their tree and the server.";
  if (noSharedNetwork !== undefined) {
    const remedy = "Until this is fixed, an agent tests a server in the command that starts it.";
    return { name: BACKGROUND, mark: "warn", text: noSharedNetwork, remedy };
  }
  if (hasTerminals()) return { name: BACKGROUND, mark: "ok", text, remedy: "" };
  const remedy = "Install `script` for programs that need a terminal (Debian: apt-get install bsdutils).";
  return { name: BACKGROUND, mark: "warn", text, remedy };
}
