/** The text of an outside agent's answer. */
import { isDeepStrictEqual } from "node:util";
import { type Message, type Part, type Task, taskStateToJSON } from "@a2a-js/sdk";
import { dataIn, isShallow } from "@/core/a2a/parts";
import type { AgentAnswer } from "./types";

const MOST_CHARACTERS = 400_000;
const MOST_NAME = 200;

export function answerOfMessage({ parts }: Message): AgentAnswer {
  return { state: null, task: null, text: cut(textOf(parts)) };
}

/** Returns the status message and the artifacts, each under its name. */
export function answerOfTask({ id, status, artifacts }: Task): AgentAnswer {
  const said = status?.message ? [textOf(status.message.parts)] : [];
  const made = artifacts.map(({ name, artifactId, parts }) => {
    const title = (name || artifactId).slice(0, MOST_NAME);
    return `# ${title}\n\n${textOf(parts)}`;
  });
  const state = status ? taskStateToJSON(status.state) : "TASK_STATE_UNSPECIFIED";
  return { state, task: id, text: cut([...said, ...made].filter((text) => text.trim() !== "").join("\n\n")) };
}

/** Some agents, Banyan among them, send data together with its text: then only the text is used. */
function textOf(parts: readonly Part[]): string {
  const said = parts.flatMap(({ content }) => (content?.$case === "text" ? [dataIn(content.value)] : []));
  const isSaid = ({ content }: Part) =>
    content?.$case === "data" && said.some((data) => isDeepStrictEqual(data, content.value));
  return parts
    .filter((part) => !isSaid(part))
    .map(textOfPart)
    .join("\n");
}

/** Files are named and not fetched, because their addresses may lead anywhere. */
function textOfPart({ content, filename, mediaType }: Part): string {
  if (content?.$case === "text") return content.value;
  if (content?.$case === "data" && !isShallow(content.value)) return "(Data, left out: it is nested too deeply.)";
  if (content?.$case === "data") return `\`\`\`json\n${JSON.stringify(content.value, null, 2)}\n\`\`\``;
  const what =
    [filename.slice(0, MOST_NAME), mediaType.slice(0, MOST_NAME)].filter(Boolean).join(", ") || "without a name";
  if (content?.$case === "url") return `(A file, not fetched: ${what}, at ${content.value.slice(0, 2_000)})`;
  if (content?.$case === "raw") return `(A file, not stored: ${what}, ${content.value.length} bytes)`;
  return "";
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS
    ? `${text.slice(0, MOST_CHARACTERS)}\n[… the answer was longer and was cut here …]`
    : text;
}
