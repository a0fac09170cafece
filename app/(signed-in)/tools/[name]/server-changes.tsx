"use client";

import type { TestedServer } from "@/agents/application";
import { TextDiff } from "@/components/diff/text-diff";
import { Button, Say } from "@/components/ui/parts";
import type { ServerToolChange, ToolText } from "@/core/shapes/tools";
import { plural } from "@/core/words/figures";
import { oneLine } from "../tool-words";

const WORDS: Record<string, string> = { changed: "is another one", new: "is new", gone: "is not there any more" };

interface ServerChangesProps {
  name: string;
  tested: TestedServer;
  accept: () => void;
  close: () => void;
}

/** What a server says of its tools now against what was approved, line by line. */
export function ServerChanges({ name, tested: { changes }, accept, close }: ServerChangesProps) {
  return (
    <section className="stack" aria-label="What differs">
      <Say look="you" role="status">
        <p>
          <b>{name} answers, but not as it was approved:</b> {plural(changes.length, "tool")}{" "}
          {changes.length === 1 ? "differs" : "differ"}. All of its tools are held back.
        </p>
        <p className="text-ink-2 text-small">
          A model goes by these texts. One that tells it what to do, or asks for more than before, is no harmless
          change.
        </p>
      </Say>
      {changes.map((change) => (
        <ToolDiff key={change.name} change={change} />
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={accept}>Accept: tasks may call it as it is now</Button>
        <Button look="primary" onClick={close}>
          Keep refused
        </Button>
      </div>
    </section>
  );
}

function ToolDiff({ change: { name, change, before, after } }: { change: ServerToolChange }) {
  return (
    <TextDiff name={`${oneLine(name, 80)} ${WORDS[change] ?? change}`} before={textOf(before)} after={textOf(after)} />
  );
}

/** What cannot be seen is written out, so that nothing hides in it. */
function textOf(text: ToolText | null): string {
  if (!text) return "";
  const whole = `description: ${text.description}\nschema: ${JSON.stringify(text.schema, null, 2)}\n`;
  return whole.replace(/[^\P{C}\n\t]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}
