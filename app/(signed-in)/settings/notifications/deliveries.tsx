import { Clock } from "@/components/ui/time";
import type { WebhookDelivery } from "@/core/shapes/webhooks";
import { deliveryText, STATUS_WORDS } from "./webhook-words";

/** The last messages to one receiver, with the outcome of each. */
export function Deliveries({ deliveries }: { deliveries: WebhookDelivery[] }) {
  if (deliveries.length === 0) return <p className="mt-1 text-small text-ink-3">No message yet.</p>;
  return (
    <ul className="mt-1 text-small text-ink-2" aria-label="Last messages">
      {deliveries.map((one) => (
        <li key={one.id} className="flex min-w-0 flex-wrap gap-x-2 py-0.5">
          <span className={one.status === "failed" ? "text-fail" : ""}>{STATUS_WORDS[one.status]}</span>
          <span className="min-w-0 flex-auto truncate text-ink">{deliveryText(one)}</span>
          <span className="text-ink-3">
            {one.answer === null ? "" : `${one.answer} · `}
            {one.tries > 1 ? `${one.tries} tries · ` : ""}
            {one.next_try_at ? "next try " : ""}
            <Clock at={one.next_try_at ?? one.tried_at ?? one.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
