/** Whether a running call asks, and not a call that waits to run: its subject has a colon, and a tool's name has none. */
export function isAskOfCall({ tool }: { tool: string | null }): boolean {
  return tool?.includes(":") ?? false;
}
