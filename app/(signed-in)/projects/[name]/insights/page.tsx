import type { Metadata } from "next";
import Link from "next/link";
import { enter } from "@/app/enter";
import { orNotFound } from "@/app/or-not-found";
import { buttonLook } from "@/components/ui/button-look";
import { Icon } from "@/components/ui/icon";
import { keyed } from "@/components/ui/keyed";
import { Crumbs } from "@/components/ui/page/crumbs";
import { Page, PageBar } from "@/components/ui/page/page";
import { RowKeys } from "@/components/ui/row-keys";
import { ScrollArea } from "@/components/ui/scroll-area";
import { Clock } from "@/components/ui/time";
import type { InsightLook } from "@/core/shapes/insights";
import { plural } from "@/core/words/figures";
import { ProjectTabs } from "../../parts/project-tabs";
import { addressOf, askedBy, hasWords } from "./address";
import { InsightFilters } from "./insight-filters";
import { InsightItem } from "./insight-item";
import { InsightRows } from "./insight-rows";
import { LookButton } from "./look-button";

export const metadata: Metadata = { title: "Insights" };

/** Two links side by side have to be high enough for a finger. */
const CRUMB = "phone:min-h-6 phone:leading-6";

interface InsightsPageProps {
  params: Promise<{ name: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** What is worth doing in a project: the list by score, and the insight that is open beside it. */
export default async function InsightsPage({ params, searchParams }: InsightsPageProps) {
  const { queries, may } = await enter();
  const { name } = await params;
  const [project, { items, look }, { cycles }] = await Promise.all([
    orNotFound(queries.getProject(name)),
    orNotFound(queries.listInsights(name)),
    orNotFound(queries.getEvolution(name)),
  ]);
  const asked = askedBy(await searchParams);
  const found = items.filter((insight) => hasWords(insight, asked.text));
  const shown = found.filter(
    ({ state, kind }) => state === asked.state && (asked.kind === null || kind === asked.kind),
  );
  const selected = items.find(({ id }) => id === asked.insight) ?? shown[0] ?? null;
  const open = items.filter(({ state }) => state === "open").length;
  const waiting = cycles.filter(({ state }) => state === "open").length;
  return (
    <Page fills>
      <PageBar className="phone:flex-wrap">
        <div className="min-w-0 flex-auto">
          <Crumbs aria-label="Path">
            <Link className={CRUMB} href="/projects">
              Projects
            </Link>
            <Link className={CRUMB} href={`/projects/${name}`}>
              {name}
            </Link>
          </Crumbs>
          <h1>Insights</h1>
        </div>
        {look ? <LookLine look={look} /> : null}
        {look ? (
          <a className={buttonLook()} href={`/downloads/insights/${name}.md`} download>
            <Icon name="download" />
            Report
          </a>
        ) : null}
        {may("lookForInsights") ? <LookButton project={name} isFirst={look === null} /> : null}
      </PageBar>
      <ProjectTabs name={name} open={open} waiting={waiting} isService={project.is_service} />
      {look === null ? (
        <p className="max-w-150 p-6 text-ink-2 phone:p-4">
          Nobody has looked yet. A look reads the newest commit of the repository: no model is asked, and nothing of it
          runs.
        </p>
      ) : (
        <div
          data-open={asked.insight === null ? undefined : true}
          className="group/insights grid min-h-0 flex-1 grid-cols-[340px_minmax(0,1fr)] narrow:grid-cols-[300px_minmax(0,1fr)] phone:grid-cols-1"
        >
          <section
            aria-label="Insights by score"
            className="flex min-h-0 min-w-0 flex-col border-line border-r phone:border-r-0 phone:group-data-open/insights:hidden"
          >
            <ScrollArea>
              <NotMeasured look={look} />
              <InsightFilters project={name} asked={asked} items={found} />
              <InsightRows project={name} asked={asked} shown={shown} selected={selected} />
              <RowKeys />
            </ScrollArea>
          </section>
          <article
            aria-label="Insight"
            className="flex min-h-0 min-w-0 flex-col phone:group-not-data-open/insights:hidden"
          >
            {selected === null ? (
              <p className="p-6 text-ink-2 phone:p-4">No insight is selected.</p>
            ) : (
              <InsightItem
                key={selected.id}
                insight={selected}
                project={project}
                back={addressOf(name, asked, {})}
                cycle={cycles.find(({ insight }) => insight.id === selected.id)?.id ?? null}
                may={{ start: may("submitTree"), evolve: may("evolveProject"), dismiss: may("dismissInsight") }}
              />
            )}
          </article>
        </div>
      )}
    </Page>
  );
}

function LookLine({ look: { code, commit, at, parsed, seconds } }: { look: InsightLook }) {
  return (
    <span className="text-ink-2 text-small narrow:hidden">
      {plural(code, "file")} of code at commit <code>{commit.slice(0, 7)}</code>, <Clock at={at} />, in {seconds} s;{" "}
      {parsed === 1 ? "1 was" : `${parsed.toLocaleString("en")} were`} new or changed
    </span>
  );
}

/** Said first: what the list cannot show. */
function NotMeasured({ look }: { look: InsightLook }) {
  const sentences = [
    ...look.not_measured,
    ...(look.left_out > 0 ? [`${plural(look.left_out, "insight")} with a lower score left out.`] : []),
  ];
  return (
    <details className="border-line border-b px-6 py-2 phone:px-4">
      <summary className="cursor-pointer text-ink-2 text-small">Not measured or left out: {sentences.length}</summary>
      <ul className="mt-1.5 grid list-disc gap-1 pl-4 text-ink-2 text-small">
        {keyed(sentences, String).map(([key, sentence]) => (
          <li key={key}>{sentence}</li>
        ))}
      </ul>
    </details>
  );
}
