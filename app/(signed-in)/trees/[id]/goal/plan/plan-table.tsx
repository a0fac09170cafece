"use client";

import type { ReactNode } from "react";
import { Badge } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import type { PlanUnit, PlanView } from "@/core/shapes/plans";
import { money } from "@/core/words/figures";
import { basisText, costText, minutesText, rangeText, UNIT_STATE_WORDS } from "@/core/words/plans/plans";
import { withoutDisguise } from "@/core/words/visible";
import { RangeBar } from "./range-bar";
import { Risk } from "./risk";

interface PlanTableProps {
  plan: PlanView;
  /** Returns the id of a unit's row. */
  idOf: (number: number) => string;
  /** Opens a unit's task. */
  select: (id: string) => void;
  /** What is shown below a unit besides; null for a plan that is over. */
  outlook: ((unit: PlanUnit) => ReactNode) | null;
}

/** The units of a plan as a table: all that the graph shows, with what each brings and what its estimate rests on. */
export function PlanTable({ plan, idOf, select, outlook }: PlanTableProps) {
  const { units } = plan;
  const isBegun = units.some(({ state }) => state !== "planned");
  const most = Math.max(1, ...units.map(({ minutes_high, took_minutes }) => Math.max(minutes_high, took_minutes ?? 0)));
  const columns = [
    "Unit",
    "After",
    "Expected",
    `0 to ${minutesText(most)}`,
    "Risk",
    "Slack",
    ...(isBegun ? ["Took"] : []),
  ];
  return (
    <div>
      <FactTable columns={columns} stacks>
        {units.map((unit) => (
          <tr key={unit.number} id={idOf(unit.number)} tabIndex={-1}>
            <td className="w-1/2 py-2! phone:col-span-2 phone:w-auto">
              <Named unit={unit} select={select} />
              {outlook?.(unit)}
            </td>
            <Cell name="After">{unit.after.length === 0 ? "none" : unit.after.join(", ")}</Cell>
            <Cell name="Expected" isWide>
              {minutesText(unit.minutes)}
              <Small>{rangeText({ low: unit.minutes_low, high: unit.minutes_high })}</Small>
              <Small>{costText(unit) ?? "no cost known yet"}</Small>
            </Cell>
            <td className="w-1/5 phone:col-span-2 phone:w-auto">
              <RangeBar unit={unit} most={most} />
            </td>
            <Cell name="Risk">
              <Risk risk={unit.risk} />
            </Cell>
            <Cell name="Slack">{unit.slack_minutes === 0 ? "none" : minutesText(unit.slack_minutes)}</Cell>
            {isBegun ? (
              <Cell name="Took">
                {unit.took_minutes === null ? UNIT_STATE_WORDS[unit.state].toLowerCase() : <Took unit={unit} />}
              </Cell>
            ) : null}
          </tr>
        ))}
      </FactTable>
    </div>
  );
}

/** A cell that names its column on a phone, where the table has no head. */
function Cell({ name, isWide = false, children }: { name: string; isWide?: boolean; children: ReactNode }) {
  return (
    <td className={`whitespace-nowrap ${isWide ? "phone:col-span-2 phone:whitespace-normal" : ""}`}>
      <span className="hidden text-ink-3 phone:inline">{name} </span>
      {children}
    </td>
  );
}

/** A line of its own below a figure; on a phone it stands beside it. */
function Small({ children }: { children: ReactNode }) {
  return <span className="block text-small text-ink-3 phone:ml-1 phone:inline">{children}</span>;
}

function Took({ unit }: { unit: PlanUnit }) {
  const { took_minutes, minutes_low, minutes_high, state, spent_usd } = unit;
  const took = took_minutes ?? 0;
  const place = took < minutes_low ? "below its range" : took > minutes_high ? "above its range" : null;
  return (
    <>
      {minutesText(took)}
      {state === "done" ? "" : `, ${UNIT_STATE_WORDS[state].toLowerCase()}`}
      {place ? <span className="text-ink-3"> {place}</span> : null}
      {spent_usd ? <Small>{money(spent_usd)}</Small> : null}
    </>
  );
}

function Named({ unit, select }: { unit: PlanUnit } & Pick<PlanTableProps, "select">) {
  const { number, title, critical, agent, kind, group, deliverable, shown_by, risk, risk_why, task_id } = unit;
  const lines = [
    deliverable,
    shown_by && `Shown by: ${shown_by}`,
    risk_why && `Risk${risk === null ? "" : ` ${risk}`}: ${risk_why}`,
  ].filter(Boolean);
  return (
    <>
      <p className="flex gap-1.5">
        <span className="flex-none text-ink-3">{number}</span>
        <span className="min-w-0 wrap-anywhere">
          {task_id ? (
            <button type="button" className="link inline text-left" onClick={() => select(task_id)}>
              {withoutDisguise(title)}
            </button>
          ) : (
            withoutDisguise(title)
          )}{" "}
          {critical ? <Badge>critical</Badge> : null}
        </span>
      </p>
      <p className="text-small text-ink-3">
        {agent}, {kind}, group {group}. Estimate {basisText(unit)}.
      </p>
      {lines.map((line) => (
        <p key={line} className="text-small wrap-anywhere text-ink-2">
          {withoutDisguise(line)}
        </p>
      ))}
    </>
  );
}
