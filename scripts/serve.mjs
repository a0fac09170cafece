import path from "node:path";
import { pathToFileURL } from "node:url";

// What the launcher starts: the built server of the release that this file belongs to.
const { main } = await import(pathToFileURL(path.join(import.meta.dirname, "../dist/server.mjs")).href);
await main(process.argv.slice(2));
