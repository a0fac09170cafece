import type { Review } from "@/core/shapes/shapes";

const RISK_LOOKS: Record<Review["risk"]["level"], string> = {
  High: "text-fail",
  Medium: "text-wait",
  Low: "text-ink",
  No: "text-ink",
};

/** How bad it can be, and why, in one line. */
export function RiskLine({ review: { risk } }: { review: Review }) {
  const says = `${risk.says.charAt(0).toUpperCase()}${risk.says.slice(1)}.`;
  return (
    <p className="mt-1 max-w-[80ch] text-body text-ink-2" data-testid="risk">
      <b className={`font-semibold ${RISK_LOOKS[risk.level]}`}>{risk.level} risk.</b> {says}
    </p>
  );
}
