import Link from "next/link";
import { ActionRow } from "@/components/reviews/action-row";
import { buttonLook } from "@/components/ui/button-look";
import { Elapsed } from "@/components/ui/time";
import type { WaitingChange } from "@/core/shapes/evolution";
import { withoutDisguise } from "@/core/words/visible";
import { NeedFrame, type Unfolds } from "./need-frame";
import { SettledItem, SettledSay } from "./settled-item";

interface WaitingChangeItemProps extends Unfolds {
  cycle: string;
  /** null: it was settled since the list was drawn. */
  change: WaitingChange | null;
}

/** A change of an evolution that a person accepts or rejects. Its title is a text of the repository. */
export function WaitingChangeItem({ cycle, change, ...unfolds }: WaitingChangeItemProps) {
  if (!change)
    return (
      <SettledItem id={cycle}>
        <SettledSay sentence={undefined} />
      </SettledItem>
    );
  const title = withoutDisguise(change.title);
  const address = `/projects/${encodeURIComponent(change.project)}/evolve#${cycle}`;
  return (
    <NeedFrame
      {...unfolds}
      data-waiting-change={cycle}
      aria-label={`Change of ${change.project}: ${title}`}
      icon="change"
      look="you"
      kind="Change"
      title={title}
      about={`Change of ${change.project}`}
      age={<Elapsed since={change.at} until={null} />}
    >
      <p className="wrap-anywhere font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={address} prefetch={false}>
          {title}
        </Link>
      </p>
      <p className="wrap-anywhere mt-0.5 text-ink-2">
        A cycle of {change.project} has dealt with it, and Banyan has judged the files. You accept or reject its change.
      </p>
      <ActionRow>
        <Link className={buttonLook()} href={address} prefetch={false}>
          Open change
        </Link>
      </ActionRow>
    </NeedFrame>
  );
}
