import Link from "next/link";
import { Markdown } from "@/components/text/markdown";
import type { LogEntry } from "@/components/trees/log-entries";
import { lazily } from "@/components/ui/page/lazily";
import { Clock } from "@/components/ui/time";
import { withoutDisguise } from "@/core/words/visible";
import { Folded, firstLine, Item } from "./log-item";
import { SubtaskGlyph } from "./subtask-now";

/** Few tasks are shown lessons. */
const ShownLessons = lazily(() => import("./shown-lessons").then((file) => file.ShownLessons));

/** Longer text starts folded, because the event's own line already says what happened. */
const SHOWN_CHARACTERS = 600;

interface EventItemProps {
  entry: LogEntry & { kind: "event" };
  select: (id: string) => void;
}

export function EventItem({ entry, select }: EventItemProps) {
  const { title, text, at, tasks = [], link, lessons, body, look } = entry.line;
  const isBad = look === "bad";
  return (
    <Item entry={entry} icon={entry.icon} who={title} look={isBad ? "failure" : "event"}>
      {text || tasks.length > 0 ? (
        <p>
          {text}
          {at ? (
            <>
              {" "}
              <Clock at={at} />.
            </>
          ) : null}
          {link ? (
            <>
              {" "}
              <Link className="link" href={link.href}>
                {withoutDisguise(link.title)}
              </Link>
            </>
          ) : null}
          {tasks.map((task, index) => (
            <span key={task.id}>
              {index > 0 ? ", " : " "}
              <SubtaskGlyph id={task.id} />
              <button type="button" className="link" onClick={() => select(task.id)}>
                {withoutDisguise(task.title)}
              </button>
            </span>
          ))}
        </p>
      ) : null}
      {lessons ? <ShownLessons lessons={lessons} /> : null}
      {body && body.length > SHOWN_CHARACTERS ? <Folded title={firstLine(body)} text={body} /> : null}
      {body && body.length <= SHOWN_CHARACTERS ? <Markdown text={body} /> : null}
    </Item>
  );
}
