import path from "node:path";
import { pathToFileURL } from "node:url";

// Runs the built gates of the release that this file belongs to.
const { main } = await import(pathToFileURL(path.join(import.meta.dirname, "../dist/gates.mjs")).href);
process.exitCode = await main(process.argv.slice(2));
