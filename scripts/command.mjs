import path from "node:path";
import { pathToFileURL } from "node:url";
import { loadDotenv } from "./dotenv.mjs";

// The built command line of the checkout or the release that this file belongs to, with the checkout's settings.
const root = path.join(import.meta.dirname, "..");
const env = /** @type {Record<string, string | undefined>} */ (process.env);
loadDotenv(path.join(env.BANYAN_CHECKOUT || root, ".env"));
env.NODE_ENV = "production";
const { main } = await import(pathToFileURL(path.join(root, "dist/banyan.mjs")).href);
process.exitCode = await main(process.argv.slice(2));
