import { Section } from "@/components/ui/page/section";
import { Badge, Bar } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import type { Objectives as Found, ObjectiveState } from "@/core/metrics/objectives";
import {
  budgetText,
  measuredText,
  OBJECTIVE_WORDS,
  objectivesPeriod,
  sharePercent,
  spentText,
} from "@/core/words/kpis/objectives";

/** Service level objectives: what is wanted, what was measured, and what is left of the error budget. */
export function Objectives({ found, today }: { found: Found; today: string }) {
  return (
    <Section id="objectives" title="Objectives" beside={objectivesPeriod(found, today)}>
      <FactTable stacks columns={["Objective", "Wanted", "Measured", "Error budget"]}>
        {found.items.map((objective) => (
          <Row key={objective.name} objective={objective} />
        ))}
      </FactTable>
    </Section>
  );
}

function Row({ objective }: { objective: ObjectiveState }) {
  const { name, objective: wanted, share } = objective;
  const spent = spentText(objective);
  return (
    <tr data-objective={name}>
      <td>
        {OBJECTIVE_WORDS[name].name}
        <span className="block text-small text-ink-3">{OBJECTIVE_WORDS[name].about}</span>
      </td>
      <td className="whitespace-nowrap tabular-nums">
        {sharePercent(wanted)}
        <span className="hidden text-small text-ink-3 phone:inline"> wanted</span>
      </td>
      <td className={`tabular-nums phone:col-span-2 ${share === null ? "text-ink-3" : ""}`}>
        {measuredText(objective)}
        {spent === null ? null : <span className="block text-small text-ink-3">{spent}</span>}
      </td>
      <td className="whitespace-nowrap phone:col-span-2">
        <span className="hidden text-small text-ink-3 phone:inline">Error budget: </span>
        <Budget objective={objective} />
      </td>
    </tr>
  );
}

function Budget({ objective }: { objective: ObjectiveState }) {
  const { budget_left: left } = objective;
  const text = budgetText(objective);
  if (left === null) return <span className="text-ink-3">{text}</span>;
  if (left <= 0)
    return (
      <Badge look="bad" icon="tri">
        {text}
      </Badge>
    );
  return (
    <>
      {text}
      <Bar share={left} isOver={left < 0.1} className="ml-2 w-16" role="img" aria-label={text} />
    </>
  );
}
