import path from "node:path";
import { pathToFileURL } from "node:url";

// Runs the built program that looks at repositories, of the release that this file belongs to.
const { main } = await import(pathToFileURL(path.join(import.meta.dirname, "../dist/insights.mjs")).href);
process.exitCode = await main(process.argv.slice(2));
