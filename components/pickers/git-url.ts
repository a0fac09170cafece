/** Whether a text is a git URL, not a path of the server. */
export function isGitUrl(text: string): boolean {
  return /^(?:[a-z+]+:\/\/|[\w.-]+@[\w.-]+:)/i.test(text.trim());
}
