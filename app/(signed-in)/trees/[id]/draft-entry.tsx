import type { Draft } from "@/components/feed/tree-feed";
import { Icon } from "@/components/ui/icon";

/** As much as fits into the box; it shows the end of what is being written. */
const SHOWN_CHARACTERS = 1_500;

/** Text that still streams fills a box that keeps its height, so that nothing below it moves. */
export function DraftEntry({ draft, agent }: { draft: Draft; agent: string }) {
  const cut = draft.start > 0 || draft.text.length > SHOWN_CHARACTERS;
  return (
    <li data-draft={draft.turn}>
      <Icon name="agent" />
      <div className="who">
        <b>{agent}</b>
        <span>turn {draft.turn} · writing now</span>
      </div>
      <div className="stream" aria-live="off">
        <p>
          {cut ? "… " : ""}
          {draft.text.slice(-SHOWN_CHARACTERS)}
          <span className="caret" />
        </p>
      </div>
    </li>
  );
}
