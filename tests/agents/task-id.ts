import type { ModelRequest } from "@/core/log/model";

/** Returns the id of a request's task, from the host's message after the instruction; empty without one. */
export function taskIdIn({ messages }: Pick<ModelRequest, "messages">): string {
  const own = messages.slice(0, 2).map((message) => (message.role === "user" ? message.content : ""));
  return own.map((text) => /^Task: (\S+)$/m.exec(text)?.[1]).find(Boolean) ?? "";
}
