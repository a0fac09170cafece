import { Markdown } from "@/components/text/markdown";
import { Clock } from "@/components/ui/time";
import type { UnreadMessage } from "@/core/shapes/log";
import { LogHead, LogLine, LogMark } from "./log-line";

/** A message that the task has not read. The turn that reads it makes it an entry of the log. */
export function UnreadEntry({ message }: { message: UnreadMessage }) {
  return (
    <LogLine look="steer">
      <LogMark icon="user" look="steer" />
      <LogHead who={message.by}>
        <span>
          not read yet · <Clock at={message.sent_at} />
        </span>
      </LogHead>
      <Markdown text={message.text} />
    </LogLine>
  );
}
