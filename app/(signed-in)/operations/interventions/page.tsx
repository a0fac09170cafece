import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { InterventionList } from "@/components/trees/intervention-list";
import { becameOf, titlesOf } from "../became";
import { SupervisorIdle } from "../supervisor-summary";
import { tasksOf } from "../tasks-of";
import { type InterventionFilter, InterventionFilters, interventionsLink } from "./filters";

export const metadata: Metadata = { title: "Interventions" };

const PAGE = 50;
const MOST = 1_000;

interface InterventionsPageProps {
  searchParams: Promise<InterventionFilter & { show?: string }>;
}

export default async function InterventionsPage({ searchParams }: InterventionsPageProps) {
  const { queries } = await enter();
  const { show, ...given } = await searchParams;
  const filter = { action: text(given.action), rule: text(given.rule) };
  const limit = Math.min(MOST, Math.max(PAGE, Number(show) || PAGE));
  const found = await queries.listInterventions({ ...filter, limit });
  const tasks = await tasksOf(found, queries);
  const isFiltered = Boolean(filter.action || filter.rule);
  return (
    <div className="page operations">
      <section className="sect" aria-label="What the supervisor did">
        <InterventionFilters filter={filter} rules={[...new Set(found.map(({ rule }) => rule))]} />
        {found.length === 0 ? (
          isFiltered ? (
            <p className="dim py-2">
              The supervisor did nothing of this kind.{" "}
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
        {found.length === limit && limit < MOST ? (
          <p className="py-2">
            <Link className="link" scroll={false} href={interventionsLink(filter, limit + PAGE)}>
              Show {PAGE} more
            </Link>
          </p>
        ) : null}
      </section>
    </div>
  );
}

/** An address may name a thing twice. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
