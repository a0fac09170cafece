import { BUILD_TOOLS } from "./builds";
import { LEARN_TOOLS } from "./learn";
import { RUN_TOOLS } from "./runs";
import type { McpTool } from "./tool";
import { WORK_TOOLS } from "./work";

/** All tools of the MCP server, in the order of their list. */
export const MCP_TOOLS: readonly McpTool[] = [...RUN_TOOLS, ...BUILD_TOOLS, ...LEARN_TOOLS, ...WORK_TOOLS];
