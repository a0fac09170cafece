import Link from "next/link";
import { ActionRow } from "@/components/reviews/action-row";
import { buttonLook } from "@/components/ui/button-look";
import { Elapsed } from "@/components/ui/time";
import type { WaitingPromotion } from "@/core/shapes/environments/promotions";
import { promotionTitle } from "@/core/words/environments/promotions";
import { withoutDisguise } from "@/core/words/visible";
import { NeedFrame, type Unfolds } from "./need-frame";
import { SettledItem, SettledSay } from "./settled-item";

interface WaitingPromotionItemProps extends Unfolds {
  id: string;
  /** null: it was settled since the list was drawn. */
  waiting: WaitingPromotion | null;
}

/** A commit that waits to go to a target. It is decided where its plan stands. */
export function WaitingPromotionItem({ id, waiting, ...unfolds }: WaitingPromotionItemProps) {
  if (!waiting)
    return (
      <SettledItem id={id}>
        <SettledSay sentence={undefined} />
      </SettledItem>
    );
  const { project, target, asked_by, at } = waiting;
  const title = promotionTitle(waiting);
  const address = `/projects/${encodeURIComponent(project)}/environments#targets`;
  return (
    <NeedFrame
      {...unfolds}
      data-waiting-promotion={id}
      aria-label={`Promotion: ${title}`}
      icon="change"
      look="you"
      kind="Promotion"
      title={title}
      about={`asked by ${withoutDisguise(asked_by)}`}
      age={<Elapsed since={at} until={null} />}
    >
      <p className="wrap-anywhere font-medium text-body">
        <Link className="inline-block min-h-6 leading-6 hover:underline" href={address} prefetch={false}>
          {title}
        </Link>
      </p>
      <p className="wrap-anywhere mt-0.5 text-ink-2">
        {withoutDisguise(asked_by)} asked for it. Nothing changes at {target} before somebody has read its plan and
        approved it.
      </p>
      <ActionRow>
        <Link className={buttonLook()} href={address} prefetch={false}>
          Open plan
        </Link>
      </ActionRow>
    </NeedFrame>
  );
}
