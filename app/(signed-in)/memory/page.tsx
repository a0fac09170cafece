import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { LEAST_GOALS, type Memory } from "@/core/shapes/memory";
import { plural } from "@/core/words/figures";
import { basisSentence, knownSentence, shortSide, verdictOf } from "@/core/words/memory";
import { LiftTable } from "./help/lift-table";
import { MemoryNow } from "./help/memory-now";
import { Missing } from "./help/missing";
import { PlacesTable } from "./help/places-table";
import { SettingsForm } from "./help/settings-form";
import { WhyItBelieves } from "./help/why-it-believes";
import { TWO_COLUMNS } from "./parts/two-columns";

export const metadata: Metadata = { title: "Memory" };

/** Whether memory helps: the verdict, then the figures, then what they rest on. */
export default async function MemoryPage() {
  const { queries, may } = await enter();
  const memory = await queries.getMemory();
  const { lift, places, waiting, on, holdout } = memory;
  return (
    <PageBody className={TWO_COLUMNS}>
      <div className="min-w-0">
        <h2 className="max-w-170 text-[17px]/6" data-verdict>
          {verdictOf(memory)}
        </h2>
        <p className="mt-1.5 max-w-150 text-ink-2">{basisSentence(memory)}</p>
        {waiting > 0 ? (
          <p className="mt-1.5">
            <Link className="link" href="/memory/candidates">
              {plural(waiting, "candidate")} {waiting === 1 ? "waits" : "wait"} for you
            </Link>
          </p>
        ) : null}
        {shortSide(lift) === null ? <LiftTable lift={lift} days={memory.days} /> : <Short memory={memory} />}
        {places.length > 0 ? <PlacesTable places={places} /> : null}
        {may("setMemory") ? <SettingsForm memory={{ on, holdout }} /> : null}
      </div>
      <aside className="min-w-0" aria-label="About memory">
        <WhyItBelieves />
        <MemoryNow memory={memory} mayImport={may("importLessons")} />
      </aside>
    </PageBody>
  );
}

function Short({ memory }: { memory: Memory }) {
  return (
    <>
      <Missing lift={memory.lift} />
      <p className="mt-1 max-w-150 text-small text-ink-3">
        No difference is shown below {LEAST_GOALS} goals a side: small numbers mislead.
      </p>
      <Section id="known" title="Known meanwhile, though it proves nothing" isPlain>
        <p className="max-w-150 text-ink-2">{knownSentence(memory)}</p>
      </Section>
    </>
  );
}
