import type { AddedConfig } from "@/agents/tools/outside/added-config";
import type { ServerDescription } from "@/lib/mcp/config/types";

/** What a server lists now. `config`: as it is now, when reading it again gave more than tools. */
export type Described = Pick<ServerDescription, "tools" | "late" | "problems"> & { config?: AddedConfig };
