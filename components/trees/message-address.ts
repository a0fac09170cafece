/** Returns the query that opens the task on the tree's page, at a message if one is given. */
export function messageAddress(taskId: string, seq: number | null): string {
  return `?task=${encodeURIComponent(taskId)}${seq === null ? "" : `&seq=${seq}`}`;
}
