/** `log`: prints the committed messages of a task or a tree, in order. */
import type { ReadRuntime } from "@/agents/boot/read-runtime";
import { createIds } from "@/agents/queries/queries";
import { argumentOf, logMessage, textOf, textOfParts } from "@/components/trees/message-content";
import { isEnded } from "@/core/log/terms";
import type { Message } from "@/core/shapes/shapes";
import { eventLine } from "@/core/words/events";
import { count, money } from "@/core/words/figures";
import { inputText } from "@/core/words/usage";
import { type Context, type Flags, withReadRuntime } from "@/scripts/cli/context/context";
import { INTERRUPTED, listenForInterrupt } from "@/scripts/cli/context/interrupt";
import { paint, print, printJson, printJsonLine } from "@/scripts/cli/print/output";
import { clean, oneLine } from "@/scripts/cli/print/text";
import { short } from "@/scripts/cli/print/words";

const PAGE = 500;
const POLL_MS = 150;

type Scope = { treeId: string } | { taskId: string };

export async function log(context: Context, [id = ""]: (string | undefined)[], flags: Flags): Promise<number> {
  return withReadRuntime(context, async (readRuntime) => {
    const found = createIds(readRuntime.store).treeOrTask(id);
    const scope: Scope = found.kind === "tree" ? { treeId: found.uid } : { taskId: found.uid };
    if (flags.follow) return followLog(context, readRuntime, scope);
    const messages: Message[] = [];
    for await (const message of committed(readRuntime, scope, undefined)) {
      if (context.json) messages.push(message);
      else show(message, "treeId" in scope);
    }
    if (context.json) printJson({ items: messages, next: null });
    return 0;
  });
}

/** Yields all messages committed after the cursor, page by page. */
async function* committed({ queries }: ReadRuntime, scope: Scope, cursor: string | undefined): AsyncGenerator<Message> {
  let after = cursor;
  for (;;) {
    const page = await queries.listMessages(scope, { limit: PAGE, ...(after !== undefined && { after }) });
    yield* page.items;
    if (page.next === null) return;
    after = page.next;
  }
}

/** Prints new messages until the task or tree has ended, or the user interrupts. */
async function followLog(context: Context, readRuntime: ReadRuntime, scope: Scope): Promise<number> {
  const interrupt = listenForInterrupt();
  let cursor: string | undefined;
  try {
    for (;;) {
      // Checked before the messages are read, so that the last messages are not missed.
      const isOver = await hasEnded(readRuntime, scope);
      for await (const message of committed(readRuntime, scope, cursor)) {
        cursor = String(message.seq);
        if (context.json) printJsonLine(message);
        else show(message, "treeId" in scope);
      }
      if (isOver) return 0;
      if (interrupt.isRequested()) return INTERRUPTED;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  } finally {
    interrupt.close();
  }
}

async function hasEnded({ queries }: ReadRuntime, scope: Scope): Promise<boolean> {
  if ("taskId" in scope) return isEnded((await queries.getTask(scope.taskId)).status);
  return (await queries.getTree(scope.treeId, { tasks: "none" })).ended_at !== null;
}

function show(message: Message, withTask: boolean): void {
  const { seq, turn, kind, tool, usage } = message;
  const task = withTask ? ` ${short(message.task_id)}` : "";
  const cost = typeof message.content.cost_usd === "number" ? ` ${money(message.content.cost_usd)}` : "";
  const used = usage
    ? `, ${inputText({ input: usage.inputTokens, cached: usage.cacheReadTokens })}, ${count(usage.outputTokens)} out`
    : "";
  const name = kind === "event" ? eventOf(message) : kind.replace("_", " ");
  print(
    paint(
      "bold",
      `#${seq}${task} turn ${turn} ${name}${tool ? ` ${oneLine(tool)}` : ""}${message.content.isError === true ? " (error)" : ""}${cost}${used}`,
    ),
  );
  const text = clean(textFor(message)).trimEnd();
  if (text) print(text.replace(/^/gm, "  "));
  if (message.content.truncated === true) print("  … cut here; the page shows the rest");
}

function eventOf(message: Message): string {
  return typeof message.content.type === "string" ? message.content.type.replaceAll("_", " ") : "event";
}

function textFor(message: Message): string {
  const log = logMessage(message);
  switch (log?.kind) {
    case undefined:
      return "This entry was edited outside Banyan and cannot be read.";
    case "system": {
      const { agent, model } = log.content;
      return `agent ${agent}, model ${model}`;
    }
    case "agent_response": {
      const reasoning = textOfParts(log.content.parts, "reasoning");
      return [reasoning && `(${reasoning})`, textOf(message)].filter(Boolean).join("\n");
    }
    case "tool_call":
      return argumentOf(message.tool ?? "", log.content.input);
    case "event": {
      const line = eventLine(log.content);
      const tasks = line?.tasks?.map((task) => task.title).join(", ");
      return [[line?.text, line?.at, tasks].filter(Boolean).join(" "), line?.body].filter(Boolean).join("\n");
    }
    default:
      return textOf(message);
  }
}
