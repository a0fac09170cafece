import { type Draft, lastLines, type RunningCall } from "@/components/feed/activity";
import { StatusGlyph } from "@/components/ui/status";
import type { Task } from "@/core/shapes/shapes";
import { plain } from "@/core/words/figures";

interface LiveStripProps {
  task: Task;
  draft: Draft | null;
  running: RunningCall | null;
  atEnd: boolean;
  goToEnd: () => void;
}

/**
 * Shows the latest words to a reader who has scrolled up, with a button to the end. It covers the last line of the log,
 * so nothing moves under the pointer when it appears or goes.
 */
export function LiveStrip({ task, draft, running: call, atEnd, goToEnd }: LiveStripProps) {
  if (atEnd) return <button type="button" hidden data-key="G" onClick={goToEnd} aria-label="Go to the end" />;
  const running = task.status === "running";
  const printed = call ? lastLines(call.output, 1).text : "";
  const written = draft?.text.text || draft?.reasoning.text || printed;
  const words = written ? written.slice(-90).replace(/\s+/g, " ") : plain(task.headline);
  return (
    <div className="relative -mt-7 flex min-w-0 h-7 items-center gap-2 border-t border-line bg-sunk px-4 text-small/7 text-ink-2">
      {running ? <StatusGlyph status="running" labelled={false} /> : null}
      <span className="min-w-0 flex-auto truncate">
        {running ? (
          <>
            <b className="font-medium text-ink">
              Turn {draft?.turn ?? (call ? task.turns : task.turns + 1)}
              {draft ? (draft.text.text ? ", writing:" : ", thinking:") : call ? ", printing:" : ":"}
            </b>{" "}
          </>
        ) : null}
        {running ? words : "More of the log is below."}
      </span>
      <button type="button" className="link whitespace-nowrap" data-key="G" onClick={goToEnd}>
        Go to the end
      </button>
      <kbd>G</kbd>
    </div>
  );
}
