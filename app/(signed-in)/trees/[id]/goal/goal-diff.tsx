"use client";

import { useState } from "react";
import { PatchDiff } from "@/components/diff/patch-diff";
import { Fold } from "@/components/text/fold";
import { Hint } from "@/components/ui/hint";
import { Say } from "@/components/ui/parts";
import { plural } from "@/core/words/figures";
import { LineCounts } from "../files/change-mark";
import { useLoaded } from "../files/use-loaded";
import { RunByOthers } from "../sections/files-changed";

interface GoalDiffProps {
  title: string;
  /** Names the difference for screen readers. */
  name: string;
  taskId: string;
  /** Changes when the files may have changed. */
  revision: string;
}

/** The files that a task changed, from before it to after it, read when the fold is opened. */
export function GoalDiff({ title, name, taskId, revision }: GoalDiffProps) {
  const [open, setOpen] = useState(false);
  const { body, problem } = useLoaded(open ? `tasks/${taskId}/files` : null, revision);
  const sum = (unit: "additions" | "deletions") => body?.files.reduce((all, file) => all + (file[unit] ?? 0), 0) ?? 0;
  return (
    <Fold
      state={{ open, onToggle: setOpen }}
      line={
        <>
          <span className="min-w-0 truncate font-medium">{title}</span>
          {body ? (
            <span className="flex flex-none gap-2 text-small text-ink-2">
              {plural(body.files.length, "file")}
              <LineCounts additions={sum("additions")} deletions={sum("deletions")} />
            </span>
          ) : null}
        </>
      }
    >
      {open ? (
        <div className="border-t border-line px-3 py-2">
          {problem ? <Hint isBad>{problem}</Hint> : null}
          {body?.files.length === 0 ? <p className="text-ink-2">No file changed.</p> : null}
          {body?.truncated ? <Say>The diff is longer than 512 KB, so only its beginning is shown.</Say> : null}
          {body ? <RunByOthers files={body.files} /> : null}
          {body?.patch ? <PatchDiff patch={body.patch} of={name} isCut={body.truncated} /> : null}
        </div>
      ) : null}
    </Fold>
  );
}
