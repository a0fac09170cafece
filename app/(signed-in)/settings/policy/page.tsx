import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { Hint } from "@/components/ui/hint";
import { Section } from "@/components/ui/page/section";
import { LEVELS } from "@/core/log/entries";
import { askedAnyway, BEYOND_LEVELS, LEVEL_HELP, LEVEL_WORDS } from "@/core/words/policy";
import { callsOfLevel } from "./calls-of-level";
import { Hosts } from "./hosts";
import { lastChanges } from "./last-changes";
import { LevelPolicy } from "./level-policy";

export const metadata: Metadata = { title: "Policy" };

const ROWS_READ = 200;

export default async function PolicyPage() {
  const app = await enter();
  const [policy, tools] = await Promise.all([app.queries.getPolicy(), app.queries.listTools()]);
  // Only admins may read the audit log, so only they see who changed a policy.
  const rows = app.may("listAudit")
    ? (await app.queries.listAudit({ action: "setPolicy", limit: ROWS_READ })).items
    : [];
  const changed = lastChanges(rows);
  const may = app.may("setPolicy");
  const levels = LEVELS.map((level) => ({ level, calls: callsOfLevel(level, tools) }));
  return (
    <>
      <Section id="levels" title="Levels" beside="what happens to a tool call of each level">
        {may ? null : <Hint>Only admins change policies. You are signed in as {app.actor.role}.</Hint>}
        <ul className="*:border-b *:border-line">
          {levels.map(({ level, calls }) => (
            <LevelPolicy
              key={level}
              level={level}
              word={LEVEL_WORDS[level]}
              what={LEVEL_HELP[level]}
              anyway={calls.follow.length + calls.own.length > 0 ? askedAnyway(level) : null}
              calls={calls}
              policy={policy.levels[level]}
              changed={changed.levels[level] ?? null}
              may={may}
            />
          ))}
        </ul>
      </Section>
      <Section id="beyond" title="Where no level decides" beside="whatever you choose above">
        <ul className="*:border-b *:border-line">
          {BEYOND_LEVELS.map(({ what, says }) => (
            <li key={what} className="py-2.5">
              <b>{what}</b>
              <p className="text-ink-2">{says}</p>
            </li>
          ))}
        </ul>
      </Section>
      <Hosts hosts={policy.hosts} fetchHosts={policy.fetchHosts} changed={changed.hosts} may={may} />
    </>
  );
}
