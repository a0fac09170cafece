"use client";

import Link from "next/link";
import { useState } from "react";
import { cleanNow, type GivenLimits, previewRetention } from "@/app/actions/retention";
import { Fold } from "@/components/text/fold";
import { Hint } from "@/components/ui/hint";
import { useAction } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { RemovalDialog } from "@/components/ui/removal-dialog";
import { Clock } from "@/components/ui/time";
import type { Retention, RetentionPreview } from "@/core/shapes/retention";
import { bytes, plural } from "@/core/words/figures";
import { archiveSentence, GOES_WORDS, KEPT_WORDS } from "@/core/words/retention";

interface CleanPreviewProps {
  /** As they are typed above; null: none. */
  limits: GivenLimits | null;
  retention: Retention;
  again: () => Promise<void>;
}

/** The trees that the typed limits would remove now, and the button that removes them. */
export function CleanPreview({ limits, retention, again }: CleanPreviewProps) {
  const [found, setFound] = useState<RetentionPreview | null>(null);
  const [isAsking, setAsking] = useState(false);
  const { pending, outcome, run, say } = useAction();
  const isBusy = pending || retention.running !== null;

  const preview = (given: GivenLimits) =>
    run(async () => {
      const answer = await previewRetention(given);
      setFound("found" in answer ? answer.found : null);
      return { ok: "found" in answer, sentence: "sentence" in answer ? answer.sentence : "" };
    });

  return (
    <Section id="preview" title="Clean now">
      <p className="text-ink-2 py-2">
        {limits === null
          ? "Type an age or a size above to see what it would remove."
          : "Removes trees by the age and size above, also before they are saved. The choices for goals and archives count once they are saved."}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <Button aria-disabled={limits === null || isBusy} onClick={() => limits && !isBusy && preview(limits)}>
          Preview
        </Button>
        {found && found.items.length > 0 ? (
          <Button look="danger" aria-disabled={isBusy} onClick={() => isBusy || setAsking(true)}>
            Remove {plural(found.items.length, "tree")}…
          </Button>
        ) : null}
      </div>
      <div className="mt-2" role="status">
        {pending ? <p className="text-ink-2">Measuring trees…</p> : null}
        {found && !pending ? <Found found={found} /> : null}
        <OutcomeLine outcome={outcome?.sentence ? outcome : null} />
      </div>
      {isAsking && found && limits ? (
        <RemovalDialog
          title={`Remove ${plural(found.items.length, "tree")}?`}
          button="Remove"
          remove={() => cleanNow(limits, found.settings)}
          onClosed={() => setAsking(false)}
          onDone={(done, dismiss) => {
            dismiss();
            setFound(null);
            say(done);
            void again();
          }}
        >
          <p className="mt-2">
            This removes about {bytes(found.size_bytes)}: each tree with its messages, its results and the folder that
            Banyan made for it.{" "}
            {found.settings.archive === null ? "It cannot be undone." : archiveSentence(found.settings.archive)} A tree
            that is pinned before its turn stays.
          </p>
        </RemovalDialog>
      ) : null}
    </Section>
  );
}

function Found({ found: { settings, items, kept, size_bytes, more } }: { found: RetentionPreview }) {
  const [oldest, newest] = [items[0], items.at(-1)];
  return (
    <>
      <p data-preview>
        {plural(items.length, "tree")} would go, about {bytes(size_bytes)}. {plural(kept.length, "tree")} would stay.
        {oldest && newest ? (
          <span className="text-ink-2">
            {" "}
            The oldest ended <Clock at={oldest.ended_at} />, the newest <Clock at={newest.ended_at} />.
          </span>
        ) : null}
        {items.length > 0 && settings.archive !== null ? ` ${archiveSentence(settings.archive)}` : null}
      </p>
      {more ? <Hint>There are more trees than are listed.</Hint> : null}
      <List title="What would go" trees={items.map((tree) => ({ ...tree, why: GOES_WORDS[tree.why] }))} />
      <List title="What would stay" trees={kept.map((tree) => ({ ...tree, why: KEPT_WORDS[tree.why] }))} />
    </>
  );
}

interface ListedTree {
  id: string;
  title: string;
  ended_at: string;
  size_bytes: number;
  why: string;
}

/** More rows make the page slow; the command line lists all. */
const MOST_ROWS = 500;

function List({ title, trees }: { title: string; trees: ListedTree[] }) {
  const [open, setOpen] = useState(false);
  if (trees.length === 0) return null;
  const left = trees.length - MOST_ROWS;
  return (
    <Fold
      line={
        <>
          {title} <span className="text-ink-3">{trees.length}</span>
        </>
      }
      state={{ open, onToggle: setOpen }}
    >
      {open ? (
        <ul className="max-h-80 overflow-y-auto border-t border-line px-2 *:border-b *:border-line last:*:border-0">
          {trees.slice(0, MOST_ROWS).map(({ id, title: name, ended_at, size_bytes, why }) => (
            <li
              key={id}
              className="flex min-h-8 items-center gap-3 phone:flex-wrap phone:gap-x-3 phone:gap-y-0 phone:py-1"
            >
              <Link className="link min-w-0 flex-auto truncate phone:basis-full" href={`/trees/${id}`} prefetch={false}>
                {name}
              </Link>
              <span className="flex-none text-ink-3 phone:mr-auto">{why}</span>
              <span className="min-w-28 flex-none text-right phone:min-w-0 whitespace-nowrap text-ink-3">
                <Clock at={ended_at} />
              </span>
              <span className="min-w-16 flex-none text-right whitespace-nowrap">{bytes(size_bytes)}</span>
            </li>
          ))}
        </ul>
      ) : null}
      {open && left > 0 ? (
        <p className="px-2 py-1 text-ink-2">
          {plural(left, "tree")} more: <code>npx banyan clean --preview</code> lists all.
        </p>
      ) : null}
    </Fold>
  );
}
