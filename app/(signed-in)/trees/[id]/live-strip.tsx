import type { Task } from "@/agents/core/shapes";
import type { Draft } from "@/components/feed/tree-feed";
import { plain } from "@/components/ui/format";
import { StatusGlyph } from "@/components/ui/status";

interface LiveStripProps {
  task: Task;
  draft: Draft | null;
  atEnd: boolean;
  goToEnd: () => void;
}

/** The last words for somebody who reads further up, and the way to the end. */
export function LiveStrip({ task, draft, atEnd, goToEnd }: LiveStripProps) {
  if (atEnd) return <button type="button" hidden data-key="G" onClick={goToEnd} aria-label="Go to the end" />;
  const running = task.status === "running";
  const words = draft ? draft.text.slice(-90).replace(/\s+/g, " ") : plain(task.headline);
  return (
    <div className="livestrip">
      {running ? <StatusGlyph status="running" labelled={false} /> : null}
      <span className="cut grow">
        {running ? (
          <>
            <b>
              Turn {draft?.turn ?? task.turns + 1}
              {draft ? ", writing:" : ":"}
            </b>{" "}
          </>
        ) : null}
        {running ? words : "The log goes on below."}
      </span>
      <button type="button" className="link nowrap" data-key="G" onClick={goToEnd}>
        Go to the end
      </button>
      <kbd>G</kbd>
    </div>
  );
}
