import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { InterventionList } from "@/components/trees/intervention-list";
import { buttonLook } from "@/components/ui/button-look";
import { PageBody } from "@/components/ui/page/page";
import { becameOf, titlesOf } from "../became";
import { SupervisorIdle } from "../supervisor-summary";
import { tasksOf } from "../tasks-of";
import { type InterventionFilter, InterventionFilters, interventionsLink } from "./filters";

export const metadata: Metadata = { title: "Interventions" };

const PAGE = 50;

interface InterventionsPageProps {
  searchParams: Promise<InterventionFilter & { skip?: string }>;
}

export default async function InterventionsPage({ searchParams }: InterventionsPageProps) {
  const { queries } = await enter();
  const given = await searchParams;
  const filter = { action: text(given.action), rule: text(given.rule) };
  const skip = /^\d{1,7}$/.test(given.skip ?? "") ? Number(given.skip) : 0;
  // Reads one row more than a page, to know whether there are older rows.
  const read = await queries.listInterventions({ ...filter, skip, limit: PAGE + 1 });
  const found = read.slice(0, PAGE);
  const tasks = await tasksOf(found, queries);
  const isFiltered = Boolean(filter.action || filter.rule);
  return (
    <PageBody>
      <section aria-label="Interventions of the supervisor">
        <InterventionFilters filter={filter} rules={[...new Set(found.map(({ rule }) => rule))]} />
        {found.length === 0 ? (
          isFiltered || skip > 0 ? (
            <p className="text-ink-2 py-2">
              {isFiltered ? "No matching interventions" : "No older interventions"}.{" "}
              <Link className="link" href="/operations/interventions">
                Show all
              </Link>
            </p>
          ) : (
            <SupervisorIdle />
          )
        ) : (
          <InterventionList interventions={found} titles={titlesOf(tasks)} became={becameOf(tasks)} />
        )}
        {skip > 0 || read.length > PAGE ? (
          <p className="flex flex-wrap items-center gap-2 py-2">
            {skip > 0 ? (
              <Link className="link" href={interventionsLink(filter, Math.max(0, skip - PAGE))}>
                Newer
              </Link>
            ) : null}
            {read.length > PAGE ? (
              <Link className={buttonLook()} href={interventionsLink(filter, skip + PAGE)}>
                Older
              </Link>
            ) : null}
          </p>
        ) : null}
      </section>
    </PageBody>
  );
}

/** Returns the value if it is text. A parameter that the address repeats is an array and is ignored. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
