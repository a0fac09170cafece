import path from "node:path";
import { pathToFileURL } from "node:url";
import { loadDotenv } from "./dotenv.mjs";

// Runs the probe of the release that this file belongs to; the launcher runs it beside a release on trial.
const env = /** @type {Record<string, string | undefined>} */ (process.env);
loadDotenv(path.join(env.BANYAN_CHECKOUT ?? ".", ".env"));
const { main } = await import(pathToFileURL(path.join(import.meta.dirname, "../dist/probe.mjs")).href);
process.exitCode = await main(process.argv.slice(2));
