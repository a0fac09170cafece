"use client";

import { createTwoFilesPatch } from "diff";
import type { TestedServer } from "@/agents/application";
import type { ServerToolChange, ToolText } from "@/agents/core/shapes-tools";
import { FileDiff } from "@/components/trees/file-diff";
import { type PatchFile, parsePatch } from "@/components/trees/parse-patch";
import { plural } from "@/components/ui/format";
import { Button, Say } from "@/components/ui/parts";
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
        <p className="small dim">
          A model goes by these texts. One that tells it what to do, or asks for more than before, is no harmless
          change.
        </p>
      </Say>
      {changes.map((change) => (
        <FileDiff key={change.name} file={diffOf(change)} open />
      ))}
      <div className="acts">
        <Button onClick={accept}>Accept: tasks may call it as it is now</Button>
        <Button look="primary" onClick={close}>
          Keep refused
        </Button>
      </div>
    </section>
  );
}

function diffOf({ name, change, before, after }: ServerToolChange): PatchFile {
  const patch = createTwoFilesPatch("a", "b", textOf(before), textOf(after), "", "", { context: 3 });
  const [file] = parsePatch(`diff --git a/tool b/tool\n${patch}`);
  const path = `${oneLine(name, 80)} ${WORDS[change] ?? change}`;
  return { path, lines: file?.lines ?? [], added: file?.added ?? 0, removed: file?.removed ?? 0, isBinary: false };
}

/** What cannot be seen is written out, so that nothing hides in it. */
function textOf(text: ToolText | null): string {
  if (!text) return "";
  const whole = `description: ${text.description}\nschema: ${JSON.stringify(text.schema, null, 2)}\n`;
  return whole.replace(/[^\P{C}\n\t]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}
