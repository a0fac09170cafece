import Link from "next/link";
import { ACTIONS, ruleWords } from "@/components/trees/intervention-list";
import { chipLook } from "@/components/ui/chip-look";
import type { Intervention } from "@/core/shapes/shapes";

export interface InterventionFilter {
  action?: string;
  rule?: string;
}

/** Filters by action and by rule. The address holds both filters. */
export function InterventionFilters({ filter, rules }: { filter: InterventionFilter; rules: string[] }) {
  const actions = Object.entries(ACTIONS) as [Intervention["action"], string][];
  const shownRules = [...new Set([...rules, ...(filter.rule ? [filter.rule] : [])])].sort();
  return (
    <div className="my-3 flex flex-wrap items-end gap-x-4 gap-y-2">
      <nav className="flex gap-1 overflow-x-auto [scrollbar-width:none]" aria-label="Action">
        <Chip href={interventionsLink({ ...filter, action: undefined })} isOn={!filter.action}>
          All
        </Chip>
        {actions.map(([action, word]) => (
          <Chip key={action} href={interventionsLink({ ...filter, action })} isOn={filter.action === action}>
            {word}
          </Chip>
        ))}
      </nav>
      {shownRules.length > 0 ? (
        <nav className="flex gap-1 overflow-x-auto [scrollbar-width:none]" aria-label="Rule">
          <Chip href={interventionsLink({ ...filter, rule: undefined })} isOn={!filter.rule}>
            All rules
          </Chip>
          {shownRules.map((rule) => (
            <Chip key={rule} href={interventionsLink({ ...filter, rule })} isOn={filter.rule === rule}>
              {ruleWords(rule)}
            </Chip>
          ))}
        </nav>
      ) : null}
    </div>
  );
}

function Chip({ href, isOn, children }: { href: string; isOn: boolean; children: string }) {
  return (
    <Link className={chipLook(isOn)} href={href} aria-current={isOn ? "true" : undefined}>
      {children}
    </Link>
  );
}

export function interventionsLink({ action, rule }: InterventionFilter, skip = 0): string {
  const query = new URLSearchParams({
    ...(action && { action }),
    ...(rule && { rule }),
    ...(skip > 0 && { skip: String(skip) }),
  });
  return `/operations/interventions${query.size > 0 ? `?${query}` : ""}`;
}
