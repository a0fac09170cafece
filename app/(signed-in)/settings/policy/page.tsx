import type { Metadata } from "next";
import { enter } from "@/app/enter";
import { Hint } from "@/components/ui/hint";
import { Section } from "@/components/ui/page/section";
import { LEVELS } from "@/core/log/entries";
import { LEVEL_HELP, LEVEL_WORDS } from "@/core/words/policy";
import { Hosts } from "./hosts";
import { lastChanges } from "./last-changes";
import { LevelPolicy } from "./level-policy";

export const metadata: Metadata = { title: "Policy" };

const ROWS_READ = 200;

export default async function PolicyPage() {
  const app = await enter();
  const policy = await app.queries.getPolicy();
  // The audit is an admin's to read; nobody else is told who it was.
  const rows = app.may("listAudit")
    ? (await app.queries.listAudit({ action: "setPolicy", limit: ROWS_READ })).items
    : [];
  const changed = lastChanges(rows);
  const may = app.may("setPolicy");
  return (
    <>
      <Section id="levels" title="Levels" beside="what happens when a call of a task reaches that far">
        {may ? null : <Hint>Policies are an admin’s to change; you are signed in as {app.actor.role}.</Hint>}
        <ul className="*:border-b *:border-line">
          {LEVELS.map((level) => (
            <LevelPolicy
              key={level}
              level={level}
              word={LEVEL_WORDS[level]}
              what={LEVEL_HELP[level]}
              policy={policy.levels[level]}
              changed={changed.levels[level] ?? null}
              may={may}
            />
          ))}
        </ul>
        <Hint>
          A tool’s own policy goes before its level’s, but what is refused here stays refused. A task that has read
          content from outside is asked about before it sends anything out, whatever stands here.
        </Hint>
      </Section>
      <Hosts hosts={policy.hosts} fetchHosts={policy.fetchHosts} changed={changed.hosts} may={may} />
    </>
  );
}
