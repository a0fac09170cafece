/** `serve`: starts the server as `npm start` does, with the same checks and the same build; `--stop` ends it. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context, Flags } from "@/scripts/cli/context/context";

export async function serve(context: Context, _: unknown, flags: Flags): Promise<number> {
  const options = (["port", "host", "role"] as const).flatMap((name) =>
    typeof flags[name] === "string" ? [`--${name}`, flags[name]] : [],
  );
  const data = flags.data === undefined ? [] : ["--data", context.settings.dataDir];
  if (data.length > 0) delete process.env.DATABASE_URL;
  const start = join(context.checkout, flags.stop === true ? "scripts/stop.mjs" : "scripts/start.mjs");
  process.argv = [process.execPath, start, ...options, ...data];
  // The server finds its files relative to the checkout.
  process.chdir(context.checkout);
  await import(pathToFileURL(start).href);
  return typeof process.exitCode === "number" ? process.exitCode : 0;
}
