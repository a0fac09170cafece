/** Finds and starts the program that opens an address for the person at this terminal. */
import { spawn } from "node:child_process";
import { release } from "node:os";
import { parse } from "shell-quote";

type Env = Readonly<Record<string, string | undefined>>;

/** The program and its arguments. One of them may hold `%s`, the place of the address. */
type Command = readonly [file: string, ...args: string[]];

/** By then, the program has failed or shows the address. */
const FAILS_WITHIN_MS = 3_000;

/**
 * Returns the program that opens an address: that of BROWSER, else the system's. Null in a session without a display,
 * where a browser would open in front of nobody, or not at all.
 */
export function browserOf(env: Env, platform: NodeJS.Platform, kernel: string = release()): Command | null {
  const [named] = (env.BROWSER ?? "").split(":");
  const [file, ...args] = parse(named ?? "").filter((part) => typeof part === "string");
  if (file) return [file, ...args];
  if (env.SSH_CONNECTION || env.SSH_TTY) return null;
  if (platform === "darwin") return ["open"];
  // WSL: the browser is a program of Windows.
  if (/microsoft/i.test(kernel)) return ["wslview"];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ["xdg-open"] : null;
}

/** Resolves with why the address could not be opened, as a phrase after "because"; null when there was no failure. */
export function openAddress([file, ...args]: Command, address: string, env: Env): Promise<string | null> {
  const isPlaced = args.some((arg) => arg.includes("%s"));
  const given = isPlaced ? args.map((arg) => arg.replaceAll("%s", address)) : [...args, address];
  return new Promise((resolve) => {
    // Without a shell, and apart from this terminal, which may close while the browser stays.
    const child = spawn(file, given, { env: env as NodeJS.ProcessEnv, stdio: "ignore", detached: true });
    const timer = setTimeout(() => resolve(null), FAILS_WITHIN_MS);
    child.once("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(error.code === "ENOENT" ? `there is no program ${file}` : `${file} does not start (${error.code})`);
    });
    child.once("exit", (status, signal) => {
      clearTimeout(timer);
      resolve(status === 0 ? null : `${file} ended with ${signal ?? `status ${status}`}`);
    });
    child.unref();
  });
}
