/** Returns the query that opens a message of the task on the tree's page. */
export function messageAddress(taskId: string, seq: number): string {
  return `?task=${encodeURIComponent(taskId)}&seq=${seq}`;
}
