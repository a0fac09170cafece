import type { Draft } from "@/components/feed/tree-feed";
import { LogHead, LogLine, LogMark } from "./log-line";

/** As much as fits into the box; it shows the end of what is being written. */
const SHOWN_CHARACTERS = 1_500;

/** Text that still streams fills a box that keeps its height, so that nothing below it moves. */
export function DraftEntry({ draft, agent }: { draft: Draft; agent: string }) {
  const cut = draft.start > 0 || draft.text.length > SHOWN_CHARACTERS;
  return (
    <LogLine data-draft={draft.turn}>
      <LogMark icon="agent" />
      <LogHead who={agent}>
        <span>turn {draft.turn} · writing now</span>
      </LogHead>
      {/* Short text stands at the top; when it is longer than the box, its end is in sight. */}
      <div
        className="flex min-w-0 h-30 flex-col items-stretch justify-end gap-0 overflow-hidden"
        aria-live="off"
        data-testid="stream"
      >
        <p className="mb-auto whitespace-pre-wrap wrap-anywhere">
          {cut ? "… " : ""}
          {draft.text.slice(-SHOWN_CHARACTERS)}
          <span className="ml-0.5 inline-block h-3.5 w-[7px] bg-accent align-[-2px] motion-safe:animate-blink" />
        </p>
      </div>
    </LogLine>
  );
}
