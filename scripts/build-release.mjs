import { ensureAllBuilt } from "./build.mjs";
import { runEntry } from "./say.mjs";

// Builds the checkout that this file belongs to, for `npm start`. The launcher runs it for releases of agents.
await runEntry(ensureAllBuilt);
