import { Section } from "@/components/ui/page/section";
import { FactTable } from "@/components/ui/table";
import type { Memory } from "@/core/shapes/memory";
import { placeName } from "@/core/words/lessons";
import { differenceText, shortSentence } from "@/core/words/memory";
import { Interval, knownOf, WhatItShows } from "./interval";

const NUMBER = "text-right! tabular-nums";

/** Rounds with and without memory by repository. Below the least number of goals there is no difference. */
export function PlacesTable({ places }: Pick<Memory, "places">) {
  return (
    <Section id="places" title="By project" beside="rounds until done">
      <div className="overflow-x-auto">
        <FactTable
          stacks
          aria-label="By project"
          columns={[
            "Project",
            { name: "With", className: NUMBER },
            { name: "Without", className: NUMBER },
            { name: "Rounds", className: NUMBER },
            { name: "95 % interval", className: "w-1/4" },
            "What it shows",
          ]}
        >
          {places.map((place) => (
            <Row key={place.place} place={place} />
          ))}
        </FactTable>
      </div>
    </Section>
  );
}

function Row({ place: { place, lift } }: { place: Memory["places"][number] }) {
  const known = knownOf(lift.figures.find(({ figure }) => figure === "rounds"));
  return (
    <tr>
      <td className="font-medium" title={place}>
        {placeName(place)}
      </td>
      <td className={`${NUMBER} phone:hidden`}>{lift.goals.with}</td>
      <td className={`${NUMBER} phone:hidden`}>{lift.goals.without}</td>
      <td className={NUMBER}>{known ? differenceText("rounds", known.difference.value) : null}</td>
      {known ? (
        <>
          <td className="phone:col-span-2">
            <Interval figure={known} />
          </td>
          <td>
            <WhatItShows shows={known.shows} />
          </td>
        </>
      ) : (
        <td className="text-ink-2 phone:col-span-2" colSpan={2}>
          {shortSentence(lift) ?? "Not enough yet: fewer than 20 goals of a side succeeded."}
        </td>
      )}
    </tr>
  );
}
