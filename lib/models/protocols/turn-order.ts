/** The order of the messages, for servers that refuse another. */
import type { LanguageModelV3Message } from "@ai-sdk/provider";

type UserMessage = Extract<LanguageModelV3Message, { role: "user" }>;

/** Joins users' messages in a row into one: the chat templates of many open models refuse two. */
export function withUsersJoined(prompt: readonly LanguageModelV3Message[]): LanguageModelV3Message[] {
  const joined: LanguageModelV3Message[] = [];
  for (const message of prompt) {
    const last = joined.at(-1);
    if (message.role === "user" && last?.role === "user") joined[joined.length - 1] = together(last, message);
    else joined.push(message);
  }
  return joined;
}

/** Texts become one text, because some of these servers read no list of parts. */
function together(first: UserMessage, second: UserMessage): UserMessage {
  const content: UserMessage["content"] = [];
  for (const part of [...first.content, ...second.content]) {
    const last = content.at(-1);
    if (part.type === "text" && last?.type === "text")
      content[content.length - 1] = { type: "text", text: `${last.text}\n\n${part.text}` };
    else content.push(part);
  }
  return { ...first, content };
}

/** Puts a word of the assistant's between a tool's result and a user's message, which Mistral's servers demand. */
export function withBridges(prompt: readonly LanguageModelV3Message[]): LanguageModelV3Message[] {
  return prompt.flatMap((message, at): LanguageModelV3Message[] =>
    message.role === "user" && prompt[at - 1]?.role === "tool"
      ? [{ role: "assistant", content: [{ type: "text", text: "(read)" }] }, message]
      : [message],
  );
}
