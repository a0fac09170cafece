import type { McpTool } from "./tool";
import { WORK_TOOLS } from "./work";

/** All tools of the MCP server, in the order of their list. */
export const MCP_TOOLS: readonly McpTool[] = [...WORK_TOOLS];
