import { LongText } from "@/components/text/long-text";
import type { Message } from "@/core/shapes/shapes";
import { LogHead, LogLine } from "./log-line";
import { MessageLink } from "./message-link";

/** Shows the messages exactly as they are stored. */
export function RawLog({ messages }: { messages: readonly Message[] }) {
  return (
    <ol aria-label="Messages as stored">
      {messages.map((message) => (
        <LogLine key={message.seq} data-seq={message.seq}>
          <LogHead who={message.kind}>
            <span>
              {message.tool ? `${message.tool} · ` : ""}turn {message.turn} · <MessageLink seq={message.seq} />
            </span>
          </LogHead>
          <LongText
            look="bare"
            text={rawText(message)}
            truncated={message.content.truncated === true}
            seq={message.seq}
            read={rawText}
          />
        </LogLine>
      ))}
    </ol>
  );
}

function rawText(message: Message): string {
  return JSON.stringify(message.content, null, 2);
}
