/** `serve`: starts the server as `npm start` does, with the same checks and the same build; `--stop` ends it. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context, Flags } from "@/scripts/cli/context/context";
import { ownEnvironment } from "@/scripts/cli/opening/server";

export async function serve(context: Context, _: unknown, flags: Flags): Promise<number> {
  const options = (["port", "host", "role"] as const).flatMap((name) =>
    typeof flags[name] === "string" ? [`--${name}`, flags[name]] : [],
  );
  const data = flags.data === undefined ? [] : ["--data", context.settings.dataDir];
  const start = join(context.checkout, flags.stop === true ? "scripts/stop.mjs" : "scripts/start.mjs");
  await forgetSettingsOfFile(context.checkout);
  process.argv = [process.execPath, start, ...options, ...data];
  // The server finds its files relative to the checkout.
  process.chdir(context.checkout);
  await import(pathToFileURL(start).href);
  return typeof process.exitCode === "number" ? process.exitCode : 0;
}

/** Each release that the launcher starts reads `.env` itself, and what is in its environment already would win. */
async function forgetSettingsOfFile(checkout: string): Promise<void> {
  const own = await ownEnvironment(checkout);
  for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
}
