/** What the lines of the graph mean. */
export function MapLegend() {
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 text-small text-ink-2 phone:hidden" aria-label="Legend">
      <LegendLine look="stroke-accent [stroke-width:2]">of the selected</LegendLine>
      <LegendLine look="stroke-ink-3 [stroke-width:1.5] [stroke-dasharray:3_3]">candidate or retired</LegendLine>
    </ul>
  );
}

function LegendLine({ look, children }: { look: string; children: string }) {
  return (
    <li className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <svg width="20" height="8" aria-hidden="true">
        <path d="M0 4H20" className={look} />
      </svg>
      {children}
    </li>
  );
}
