import Link from "next/link";
import { buttonLook } from "@/components/ui/button-look";
import { chipLook } from "@/components/ui/chip-look";
import type { Period } from "@/core/shapes/kpis";
import { type KpisAsked, PERIODS, queryOf } from "./address";

interface KpiFiltersProps {
  asked: KpisAsked;
  projects: readonly string[];
  period: Period;
}

const CHIPS = "flex gap-1 overflow-x-auto [scrollbar-width:none]";

/** Filters by project and period, which the address holds; the report of the month, and the same figures as JSON. */
export function KpiFilters({ asked, projects, period }: KpiFiltersProps) {
  const month = period.until.slice(0, 7);
  const { project } = asked;
  const json = new URLSearchParams({ from: period.from, until: period.until, ...(project !== null && { project }) });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      {projects.length > 0 ? (
        <nav className={CHIPS} aria-label="Project">
          <Chip to={{ ...asked, project: null }} isOn={project === null}>
            All projects
          </Chip>
          {projects.map((name) => (
            <Chip key={name} to={{ ...asked, project: name }} isOn={project === name}>
              {name}
            </Chip>
          ))}
        </nav>
      ) : null}
      <nav className={CHIPS} aria-label="Period">
        {PERIODS.map((days) => (
          <Chip key={days} to={{ ...asked, days }} isOn={asked.days === days}>
            {`${days} days`}
          </Chip>
        ))}
      </nav>
      <div className="ml-auto flex gap-2 phone:ml-0">
        <Link className={buttonLook()} href={`/reports/${month}${queryOf({ project, days: 30 })}`}>
          Monthly report
        </Link>
        <a className={buttonLook("quiet")} href={`/api/v1/kpis?${json}`}>
          JSON
        </a>
      </div>
    </div>
  );
}

function Chip({ to, isOn, children }: { to: KpisAsked; isOn: boolean; children: string }) {
  return (
    <Link className={chipLook(isOn)} href={`/operations/kpis${queryOf(to)}`} aria-current={isOn ? "true" : undefined}>
      {children}
    </Link>
  );
}
