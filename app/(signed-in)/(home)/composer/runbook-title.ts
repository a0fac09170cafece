/** Returns what a runbook does in a folder, as people would name it: "Survey of banyan". */
export function runbookTitle(runbook: string, folder: string): string {
  const words = runbook.replace(/^repository-/, "").replaceAll("-", " ");
  const what = words.charAt(0).toUpperCase() + words.slice(1);
  const name = folder.trim().split("/").filter(Boolean).at(-1);
  return name === undefined || name === "." ? what : `${what} of ${name}`;
}
