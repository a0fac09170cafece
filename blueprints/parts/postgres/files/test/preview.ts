/** Runs the service with a database of its own, which keeps its files. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { start } from "../src/start.ts";
import { startDatabase } from "./database.ts";

const { DATA_DIR = "data" } = process.env;
const folder = path.join(DATA_DIR, "postgres");
mkdirSync(path.dirname(folder), { recursive: true });
const database = await startDatabase(folder);
const service = await start({ ...process.env, DATABASE_URL: database.url });
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, async () => {
    await service.close();
    await database.stop();
  });
