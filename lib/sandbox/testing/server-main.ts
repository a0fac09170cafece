/**
 * A server that starts three programs and is then killed by its test:
 * node --import tsx lib/sandbox/testing/server-main.ts COMMAND
 */
import { createSandbox } from "../sandbox";

const command = process.argv[2] ?? "true";
const sandbox = createSandbox();
const status = await sandbox.status();
console.log(status.available ? "ready" : status.reason);
for (let n = 0; n < 3; n += 1) void sandbox.start({ command, workspace: null, hiddenPaths: [] });
setInterval(() => undefined, 1000);
