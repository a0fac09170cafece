/** Whether a running call asks, as opposed to a call that waits to run: only a running call's subject has a colon. */
export function isAskOfCall({ tool }: { tool: string | null }): boolean {
  return tool?.includes(":") ?? false;
}
