import { Hint } from "@/components/ui/hint";
import { FactTable } from "@/components/ui/table";
import type { Lift, LiftFigure } from "@/core/lessons/lift";
import { LEAST_GOALS } from "@/core/shapes/memory";
import { FIGURE_WORDS } from "@/core/words/lessons";
import { differenceText, figureText } from "@/core/words/memory";
import { Interval, knownOf, WhatItShows } from "./interval";

const NUMBER = "text-right! tabular-nums";
const SCALE = (
  <span className="flex justify-between gap-3">
    <span>← worse</span>
    <span>better →</span>
  </span>
);

/** Goals with and without memory, and their difference with its interval. */
export function LiftTable({ lift: { goals, figures }, days }: { lift: Lift; days: number }) {
  return (
    <>
      <div className="mt-4 overflow-x-auto rounded-lg border border-line px-3 phone:px-3">
        <FactTable
          stacks
          aria-label="With and without memory"
          columns={[
            `In ${days} days`,
            { name: `With, ${goals.with}`, className: NUMBER },
            { name: `Without, ${goals.without}`, className: NUMBER },
            { name: "Difference", className: NUMBER },
            { name: "Interval", shown: SCALE, className: "w-1/4" },
            "What it shows",
          ]}
        >
          {figures.map((figure) => (
            <Row key={figure.figure} figure={figure} />
          ))}
        </FactTable>
      </div>
      <Hint>
        The dot is the difference, the bar its 95 % interval (bootstrap, up to 10,000 draws, seed 7). A bar that crosses
        the line shows nothing either way. Rounds are counted of goals that succeeded.
      </Hint>
    </>
  );
}

function Row({ figure }: { figure: LiftFigure }) {
  const { figure: name, with: left, without: right, shows } = figure;
  const known = knownOf(figure);
  return (
    <tr data-figure={name}>
      <td className="font-medium">{FIGURE_WORDS[name]}</td>
      <td className={`${NUMBER} phone:row-start-2 phone:text-left!`}>
        <Name>With</Name>
        {figureText(name, left)}
      </td>
      <td className={`${NUMBER} phone:row-start-2`}>
        <Name>Without</Name>
        {figureText(name, right)}
      </td>
      <td className={`${NUMBER} font-semibold phone:row-start-3 phone:text-left!`}>
        {known ? (
          <>
            <Name>Difference</Name>
            {differenceText(name, known.difference.value)}
          </>
        ) : null}
      </td>
      <td className="phone:col-span-2 phone:row-start-4">
        {known ? (
          <Interval figure={known} />
        ) : (
          <span className="text-small text-ink-3">Fewer than {LEAST_GOALS} such goals on a side.</span>
        )}
      </td>
      <td className="phone:col-start-2 phone:row-start-1">
        <WhatItShows shows={shows} />
      </td>
    </tr>
  );
}

/** The name of a column on a phone, where the table has no head. */
function Name({ children }: { children: string }) {
  return <span className="mr-1.5 hidden text-small text-ink-3 phone:inline">{children}</span>;
}
