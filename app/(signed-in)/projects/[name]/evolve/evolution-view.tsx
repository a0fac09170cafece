"use client";

import Link from "next/link";
import { useState } from "react";
import { usePolled } from "@/components/http/use-polled";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Crumbs } from "@/components/ui/page/crumbs";
import { PageBar, PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { Say } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import { standSentence } from "@/core/words/insights/evolve";
import { forgeWords } from "@/core/words/projects";
import { withoutDisguise } from "@/core/words/visible";
import { ProjectTabs } from "../../parts/project-tabs";
import { AboutEvolution } from "./about-evolution";
import { CycleList } from "./cycle-list";
import { CycleRow } from "./cycle-row";
import { EvolutionActs } from "./evolution-acts";

const POLL_MS = 3_000;
/** Two links side by side have to be high enough for a finger. */
const CRUMB = "phone:min-h-6 phone:leading-6";

interface EvolutionViewProps {
  start: EvolutionOfProject;
  /** The linked forge; null: there is none. */
  host: string | null;
  /** Open insights, for the tabs. */
  insights: number;
  isService: boolean;
  mayRun: boolean;
  mayStop: boolean;
  mayDecide: boolean;
  mayConfigure: boolean;
}

export function EvolutionView({ start, host, insights, isService, ...rights }: EvolutionViewProps) {
  const name = start.project;
  const { value: evolution, again } = usePolled(`projects/${encodeURIComponent(name)}/evolution`, start, POLL_MS);
  /** What the last act said. A row that is decided moves to another list, so its sentence stands above both. */
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const { cycles, runs, stopped } = evolution;
  const waiting = cycles.filter(({ state }) => state === "open");
  const others = cycles.filter(({ state }) => state !== "open");
  const done = (result: Outcome | null) => {
    setOutcome(result);
    void again();
  };
  return (
    <>
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
          <h1>Evolution</h1>
        </div>
        <EvolutionActs evolution={evolution} mayRun={rights.mayRun} mayStop={rights.mayStop} onDone={done} />
      </PageBar>
      <ProjectTabs name={name} open={insights} waiting={waiting.length} isService={isService} />
      <PageBody className="grid grid-cols-[minmax(0,1fr)_340px] items-start gap-x-10 narrow:grid-cols-1">
        <div className="min-w-0">
          {stopped === null ? (
            <p className="wrap-anywhere">{withoutDisguise(standSentence(evolution))}</p>
          ) : (
            <Say look={stopped.by === null ? "bad" : undefined} icon="pause">
              <span className="wrap-anywhere">
                <Clock at={stopped.at} />: {withoutDisguise(standSentence(evolution))}
              </span>
            </Say>
          )}
          <OutcomeLine outcome={outcome} />
          {cycles.length === 0 && runs.length === 0 ? <Empty evolution={evolution} /> : null}
          {waiting.length === 0 ? null : (
            <Section id="waiting" title="Waits for you" beside={waiting.length} className="mt-6!">
              <ul className="*:border-line *:border-b" aria-label="Changes that wait">
                {waiting.map((cycle) => (
                  <CycleRow
                    key={cycle.id}
                    evolution={evolution}
                    cycle={cycle}
                    host={host}
                    mayDecide={rights.mayDecide}
                    onDone={done}
                  />
                ))}
              </ul>
            </Section>
          )}
          {others.length === 0 ? null : <CycleList evolution={evolution} cycles={others} host={host} />}
        </div>
        <AboutEvolution evolution={evolution} mayConfigure={rights.mayConfigure} onDone={done} />
      </PageBody>
    </>
  );
}

/** What a cycle's change is judged by, and what it becomes then. */
function howItEnds({ change, forge }: EvolutionOfProject): string {
  const judged =
    "and judges what they leave: the project’s check, the gates, and a second look at the files. A change that passes becomes";
  if (change === "branch") return `${judged} a branch of your folder, once you accept it.`;
  if (change === "pull_request") return `${judged} a ${forgeWords(forge).pull} at its forge, which you merge or close.`;
  return "and the gates of a release judge what they leave. A change that passes becomes a proposal in Review, which you approve or reject.";
}

function Empty({ evolution }: { evolution: EvolutionOfProject }) {
  const { hold, project } = evolution;
  return (
    <Section id="begin" title="How it works" className="mt-6!">
      <div className="grid max-w-150 gap-2 py-2">
        <p>
          A cycle takes the best insight, has agents deal with it in a copy of the repository, {howItEnds(evolution)}
        </p>
        <p className="text-ink-2">
          Press Evolve to begin a run. It looks for insights first, and never costs more than the rules allow.
        </p>
        {hold?.code === "no_check" ? (
          <p>
            <Link className="link" href={`/projects/${project}#check`}>
              Confirm the check of the project
            </Link>{" "}
            first: without it, no cycle could show that its change works.
          </p>
        ) : null}
      </div>
    </Section>
  );
}
