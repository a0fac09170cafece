/** Serves clients over HTTP until the system says that it should end. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { readConfig } from "./config.ts";
import { httpServer } from "./http.ts";

const config = readConfig(process.env);
const server = httpServer(config.allowedHosts).listen(config.port, config.host);
await once(server, "listening");
const { address, port } = server.address() as AddressInfo;
process.stdout.write(`Server listening at http://${address}:${port}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void server.close());
