/** Starts the service, and ends it when the system says so. */
import { start } from "./start.ts";

const service = await start(process.env);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void service.close());
