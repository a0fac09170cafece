import type { Message } from "@/agents/core/shapes";
import { LongText } from "@/components/text/long-text";
import { MessageLink } from "./message-link";

/** The messages as they are stored, for whoever wants to see exactly that. */
export function RawLog({ messages }: { messages: readonly Message[] }) {
  return (
    <ol className="log raw">
      {messages.map((message) => (
        <li key={message.seq} data-seq={message.seq} tabIndex={-1}>
          <div className="who">
            <b>{message.kind}</b>
            <span>
              {message.tool ? `${message.tool} · ` : ""}turn {message.turn} · <MessageLink seq={message.seq} />
            </span>
          </div>
          <LongText
            text={rawText(message)}
            truncated={message.content.truncated === true}
            seq={message.seq}
            read={rawText}
          />
        </li>
      ))}
    </ol>
  );
}

function rawText(message: Message): string {
  return JSON.stringify(message.content, null, 2);
}
