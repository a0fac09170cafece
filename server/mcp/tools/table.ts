import { autonomousBuild, claudeAutonomous } from "./builds";
import { claudeLearnFromSession, learnFromSession } from "./learn";
import { claudeAutonomousStatus, RUN_TOOLS } from "./runs";
import type { McpTool } from "./tool";
import { WORK_TOOLS } from "./work";

/** All tools of the MCP server, in the order of their list: other names of a tool come last. */
export const MCP_TOOLS: readonly McpTool[] = [
  ...RUN_TOOLS,
  autonomousBuild,
  learnFromSession,
  ...WORK_TOOLS,
  claudeAutonomous,
  claudeAutonomousStatus,
  claudeLearnFromSession,
];
