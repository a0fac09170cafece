"use client";

import type { TestedServer } from "@/agents/application";
import { TextDiff } from "@/components/diff/text-diff";
import { Button, Say } from "@/components/ui/parts";
import type { ServerToolChange, ToolText } from "@/core/shapes/tools";
import { plural } from "@/core/words/figures";
import { HazardList } from "../parts/hazard-list";
import { oneLine } from "../tool-words";

const WORDS: Record<string, string> = { changed: "changed", new: "new", gone: "removed" };

interface ServerChangesProps {
  name: string;
  tested: TestedServer;
  accept: () => void;
  close: () => void;
}

/** Diffs of the server's tools: as approved, and as the server lists them now. */
export function ServerChanges({ name, tested: { changes }, accept, close }: ServerChangesProps) {
  return (
    <section className="stack" aria-label="Changes">
      <Say look="you" role="status">
        <p>
          <b>{name} changed after it was approved:</b> {plural(changes.length, "tool")}{" "}
          {changes.length === 1 ? "differs" : "differ"}. All its tools are held back.
        </p>
        <p className="text-ink-2 text-small">
          Models follow these texts. Do not accept a text that gives the model orders or asks for more data than before.
        </p>
      </Say>
      {changes.map((change) => (
        <ToolDiff key={change.name} change={change} />
      ))}
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={accept}>Accept changes</Button>
        <Button look="primary" onClick={close}>
          Keep held back
        </Button>
      </div>
    </section>
  );
}

function ToolDiff({ change: { name, change, before, after, hazards } }: { change: ServerToolChange }) {
  return (
    <>
      <TextDiff
        name={`${oneLine(name, 80)}: ${WORDS[change] ?? change}`}
        before={textOf(before)}
        after={textOf(after)}
      />
      {hazards.length > 0 ? <HazardList hazards={hazards} /> : null}
    </>
  );
}

/** Returns the text with invisible characters escaped, so that nothing can hide in it. */
function textOf(text: ToolText | null): string {
  if (!text) return "";
  const whole = `description: ${text.description}\nschema: ${JSON.stringify(text.schema, null, 2)}\n`;
  return whole.replace(/[^\P{C}\n\t]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}
