/** Tests the nested sandbox before its first use: a sandbox works inside it, and the walls hold. */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SandboxProcess, SandboxStart } from "./port";

const OFF = "Commands cannot use a sandbox of their own on this machine, because";

/** Each line prints only when something is wrong; `done` shows that the script ran. */
function script(canary: string, port: number): string {
  return [
    "bwrap --unshare-all --disable-userns --unshare-user --ro-bind / / --proc /proc --dev /dev true || echo no sandbox starts inside it",
    `( : < '${canary}' ) 2>/dev/null && echo it read a file of the host`,
    `( exec 3<>/dev/tcp/127.0.0.1/${port} ) 2>/dev/null && echo it reached the network of the host`,
    "[ $(id -u) = 0 ] && echo it runs as root",
    "echo done",
  ].join("\n");
}

/** Returns why nested sandboxes do not work here, as a sentence, or null. */
export async function nestedFault(
  start: (start: SandboxStart) => Promise<SandboxProcess>,
  /** A folder of this process; the next process removes what a kill leaves in it. */
  base: () => string,
): Promise<string | null> {
  const folder = fs.mkdtempSync(path.join(base(), "nested-test-"));
  const server = net.createServer((socket) => socket.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as net.AddressInfo;
    const workspace = path.join(folder, "workspace");
    fs.mkdirSync(workspace);
    giveToTools(workspace);
    const canary = path.join(folder, `canary-${randomUUID()}`);
    fs.writeFileSync(canary, "canary", { mode: 0o666 });
    const program = await start({ command: script(canary, port), workspace, hiddenPaths: [], isNested: true });
    const [said, errors] = await Promise.all([text(program.stdout), text(program.stderr), program.ended]);
    const lines = said.trim().split("\n");
    if (lines.length === 1 && lines[0] === "done") return null;
    const faults = lines.filter((line) => line !== "done").join("; ");
    const last = errors.trim().split("\n").at(-1) ?? "";
    return `${OFF} ${[faults, last && `(${last})`].filter(Boolean).join(" ") || "nothing ran"}.`;
  } catch (error) {
    return `${OFF} it could not be tested: ${(error as Error).message}.`;
  } finally {
    server.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
