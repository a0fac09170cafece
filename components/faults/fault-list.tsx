import Link from "next/link";
import { messageAddress } from "@/components/trees/message-address";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Badge, Separator } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { FaultKind, FaultQuote } from "@/core/log/faults";
import { faultReason } from "@/core/words/faults";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

interface FaultListProps {
  faults: readonly FaultKind[];
  /** Shows the quotations at once. */
  isOpen?: boolean;
}

/** Kinds of faults with their counts, and quotations that link to the message of the task. */
export function FaultList({ faults, isOpen = false }: FaultListProps) {
  return (
    <ul className="*:border-b *:border-line">
      {faults.map((kind) => (
        <li key={kind.id} className="min-w-0 py-2" data-fault={kind.id}>
          <details className={FOLD} open={isOpen}>
            <summary>
              <FoldMark />
              <KindLine kind={kind} />
            </summary>
            <Quotes quotes={kind.quotes} />
          </details>
          <p className="pl-5 text-small text-ink-3">
            {kind.signature ? (
              <>
                <span className="wrap-anywhere">{withoutDisguise(kind.signature)}</span>
                <Separator />
              </>
            ) : null}
            first <Clock at={kind.first_at} />, last <Clock at={kind.last_at} />
          </p>
        </li>
      ))}
    </ul>
  );
}

function KindLine({ kind: { agent, reason, count, fresh } }: { kind: FaultKind }) {
  return (
    <span className="flex min-w-0 flex-auto flex-wrap items-center gap-x-2">
      <b>{faultReason(reason)}</b>
      <span className="text-ink-2">{agent}</span>
      <span className="text-ink-3">{plural(count, "task")}</span>
      {fresh > 0 ? <Badge look="you">{fresh} new</Badge> : null}
    </span>
  );
}

function Quotes({ quotes }: { quotes: readonly FaultQuote[] }) {
  const keys = uniqueKeys(quotes.map(({ task, seq }) => `${task} ${seq}`));
  return (
    <ul className="mt-1 space-y-2 pl-5">
      {quotes.map((quote, index) => (
        <li key={keys[index]} className="min-w-0">
          <blockquote className="border-line-strong border-l-2 pl-3 wrap-anywhere whitespace-pre-wrap text-ink-2">
            {withoutDisguise(quote.text)}
          </blockquote>
          <p className="mt-0.5 text-small text-ink-3">
            <Link className="link" href={`/trees/${quote.tree}${messageAddress(quote.task, quote.seq)}`}>
              Open task <span className="font-mono">{quote.task.slice(0, 6)}</span>
            </Link>
            <Separator />
            <Clock at={quote.at} />
          </p>
        </li>
      ))}
    </ul>
  );
}
