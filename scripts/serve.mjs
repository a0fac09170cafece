import path from "node:path";
import { pathToFileURL } from "node:url";
import { loadDotenv } from "./dotenv.mjs";

// Runs the built server of the release that this file belongs to, with the checkout's settings; the launcher starts it.
const env = /** @type {Record<string, string | undefined>} */ (process.env);
loadDotenv(path.join(env.BANYAN_CHECKOUT ?? ".", ".env"));
env.NODE_ENV = "production";
env.NEXT_TELEMETRY_DISABLED ??= "1";
const { main } = await import(pathToFileURL(path.join(import.meta.dirname, "../dist/server.mjs")).href);
await main(process.argv.slice(2));
