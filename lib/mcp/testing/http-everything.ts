import { spawn } from "node:child_process";
import fs from "node:fs";
import { fileURLToPath } from "node:url";

/** server-everything listens on every address; this preload limits it to the loopback and prints the port. */
const LOOPBACK_ONLY = `data:text/javascript,${encodeURIComponent(`
import net from "node:net";
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  this.once("listening", () => console.error("port=" + this.address().port));
  return listen.call(this, port, "127.0.0.1", ...rest.filter((one) => typeof one === "function"));
};`)}`;

export interface RunningServer {
  host: string;
  url: string;
  stop(): Promise<void>;
}

/** The real server-everything over Streamable HTTP, in a separate process. */
export async function startHttpEverything(): Promise<RunningServer> {
  const root = fs.realpathSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)));
  const file = `${root}/@modelcontextprotocol/server-everything/dist/index.js`;
  const child = spawn(process.execPath, ["--import", LOOPBACK_ONLY, file, "streamableHttp"], {
    env: { PATH: process.env.PATH, PORT: "0" } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const found = /port=(\d+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(`server-everything ended: ${said}`)));
  });
  const host = `127.0.0.1:${port}`;
  return {
    host,
    url: `http://${host}/mcp`,
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
