/** A server that starts three programs and is then killed by its test. COMMAND is its argument; after it, `nested` asks for nested sandboxes. */
import { createSandbox } from "../sandbox";

export async function main([command = "true", profile]: string[]): Promise<void> {
  const sandbox = createSandbox();
  const status = await sandbox.status();
  console.log(status.available ? "ready" : status.reason);
  for (let n = 0; n < 3; n += 1)
    void sandbox.start({ command, workspace: null, hiddenPaths: [], isNested: profile === "nested" });
  setInterval(() => undefined, 1000);
}
