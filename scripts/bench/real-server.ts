/** Starts the real server in its own processes, and a browser for it. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type Browser, chromium } from "@playwright/test";
import { ensureBrowser } from "../system.mjs";
import { freePort } from "../testing/free-port";

export interface Served {
  url: string;
  /** A sign-in link, which works once. */
  link: string;
  stop(): Promise<void>;
}

/** Starts one process for each entry of `roles`, its arguments, all on one database. The first process with pages prints the link. */
export async function startServed(
  dataDir: string,
  settings: Record<string, string>,
  roles: string[][] = [[]],
): Promise<Served> {
  // Keeps the audit's anchor out of the user's own folder.
  const own = { BANYAN_DATA_DIR: dataDir, XDG_CONFIG_HOME: `${dataDir}/config`, LOG_LEVEL: "error" };
  // The processes read the same settings and must agree on the port.
  const env: NodeJS.ProcessEnv = { ...process.env, ...own, ...settings, PORT: String(await freePort()) };
  const children: ChildProcess[] = [];
  const stop = () => Promise.all(children.map(end)).then(() => {});
  try {
    let link = "";
    for (const args of roles) {
      const child = spawn(process.execPath, ["scripts/start.mjs", "--direct", ...args], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(child);
      link ||= await linkOf(child);
    }
    return { url: new URL(link).origin, link, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function launchBrowser(): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const args = [...sandbox, "--disable-gpu", "--js-flags=--expose-gc", "--enable-precise-memory-info"];
  return chromium.launch({ executablePath: await ensureBrowser(process.cwd()), args });
}

function linkOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it listened.`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const link = /http:\S+\/signin\?token=\S+/.exec(line)?.[0];
      if (link) resolve(link);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}
