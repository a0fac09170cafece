import { SELF_URL } from "@/core/shapes/improving/self";

/** Whether a text is a git URL, not a path of the server. */
export function isGitUrl(text: string): boolean {
  return text.trim() === SELF_URL || /^(?:[a-z+]+:\/\/|[\w.-]+@[\w.-]+:)/i.test(text.trim());
}
