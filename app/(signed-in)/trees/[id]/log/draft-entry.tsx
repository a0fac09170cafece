import type { Draft } from "@/components/feed/tree-feed";
import { LogHead, LogLine, LogMark } from "./log-line";

/** Fills the box, which shows the end of the text. */
const SHOWN_CHARACTERS = 1_500;

/** Shows the reply while it streams, in a box of fixed height so that nothing below it moves. */
export function DraftEntry({ draft, agent }: { draft: Draft; agent: string }) {
  const isCut = draft.start > 0 || draft.text.length > SHOWN_CHARACTERS;
  return (
    <LogLine data-draft={draft.turn}>
      <LogMark icon="agent" />
      <LogHead who={agent}>
        <span>turn {draft.turn} · writing now</span>
      </LogHead>
      {/* Short text starts at the top. Of text longer than the box, the end is visible. */}
      <div
        className="flex min-w-0 h-30 flex-col items-stretch justify-end gap-0 overflow-hidden"
        aria-live="off"
        data-testid="stream"
      >
        <p className="mb-auto whitespace-pre-wrap wrap-anywhere">
          {isCut ? "… " : ""}
          {draft.text.slice(-SHOWN_CHARACTERS)}
          <span className="ml-0.5 inline-block h-3.5 w-[7px] bg-accent align-[-2px] motion-safe:animate-blink" />
        </p>
      </div>
    </LogLine>
  );
}
