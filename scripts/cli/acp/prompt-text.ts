/** A prompt of an editor as the text of a task. */
import { type ContentBlock, RequestError } from "@agentclientprotocol/sdk";

/** Throws RequestError with a sentence. */
export function textOf(prompt: readonly ContentBlock[]): string {
  const text = prompt.map(partOf).join("\n\n").trim();
  if (text === "") throw wrong("The prompt is empty: say what to do.");
  return text;
}

function partOf(block: ContentBlock): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "resource_link":
      return `${block.title ?? block.name}: ${block.uri}`;
    case "resource": {
      const { resource } = block;
      if (!("text" in resource)) throw wrong("Banyan reads only text: put the file into the folder and name it.");
      return `${resource.uri}:\n\n${fenced(String(resource.text))}`;
    }
    default:
      throw wrong("Banyan reads only text and links to files: leave out images and sound.");
  }
}

/** The fence is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

export function wrong(sentence: string): RequestError {
  return new RequestError(-32_602, sentence);
}
