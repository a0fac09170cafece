import Link from "next/link";
import { Fragment } from "react";
import { Hint } from "@/components/ui/hint";
import { keyed } from "@/components/ui/keyed";
import { Crumbs } from "@/components/ui/page/crumbs";
import { StatusGlyph } from "@/components/ui/status";
import { type ServiceFacts, serviceSteps, standingText, waitingOf } from "@/core/words/services/page";
import { withoutDisguise } from "@/core/words/visible";
import { ChangeRequirement } from "./change-requirement";
import { partAddress } from "./parts";
import { ServiceQuestions } from "./service-questions";

/** Two links side by side have to be high enough for a finger. */
const CRUMB = "phone:min-h-6 phone:leading-6";

interface ServiceHeadProps {
  facts: ServiceFacts;
  /** Whether the person may change requirements, and there are some. */
  mayChange: boolean;
}

/** What waits for a person, and the way from the specification to production. */
export function ServiceHead({ facts, mayChange }: ServiceHeadProps) {
  const { project, not_read } = facts.service;
  return (
    <header className="px-6 pt-2 pb-3 phone:px-4">
      <div className="flex min-h-8 items-center gap-3 phone:flex-wrap">
        <div className="min-w-0 flex-auto">
          <Crumbs aria-label="Path">
            <Link className={CRUMB} href="/projects">
              Projects
            </Link>
            <Link className={CRUMB} href={`/projects/${project}`}>
              {project}
            </Link>
          </Crumbs>
          <h1 className="truncate">{project}</h1>
        </div>
        {mayChange ? <ChangeRequirement project={project} /> : null}
      </div>
      <Waiting facts={facts} />
      {keyed(not_read, String).map(([key, sentence]) => (
        <Hint key={key} isBad className="wrap-anywhere">
          {withoutDisguise(sentence)}
        </Hint>
      ))}
      <ol
        aria-label="From requirement to service"
        className="mt-3 grid grid-flow-col auto-cols-fr overflow-hidden rounded-control border border-line narrow:grid-flow-row narrow:grid-cols-3 phone:grid-cols-2"
      >
        {serviceSteps(facts).map(({ name, status, text }) => (
          <li
            key={name}
            className={`-mr-px -mb-px min-w-0 border-line border-r border-b px-2.5 py-2 ${status === "you" ? "bg-wait-bg" : ""}`}
          >
            <b className="flex items-center gap-1.5 font-medium">
              {status === null ? null : <StatusGlyph status={status} />}
              <span className="min-w-0 truncate">{name}</span>
            </b>
            <span className="wrap-anywhere block text-ink-2 text-small">{withoutDisguise(text)}</span>
          </li>
        ))}
      </ol>
      <ServiceQuestions project={project} start={facts.questions} />
    </header>
  );
}

function Waiting({ facts }: { facts: ServiceFacts }) {
  const waiting = waitingOf(facts);
  const standing = standingText(facts);
  const { project } = facts.service;
  return (
    <p className="mt-1">
      {waiting.length === 0 ? "Nothing waits for you." : null}
      {waiting.map(({ part, text }, at) => (
        <Fragment key={part}>
          {at === 0 ? "" : " and "}
          <Link
            className="font-medium text-wait underline"
            href={part === "questions" ? "#questions" : partAddress(project, part)}
            prefetch={false}
          >
            {at === 0 ? `${text[0]?.toUpperCase()}${text.slice(1)}` : text}
          </Link>
        </Fragment>
      ))}
      {waiting.length === 0
        ? null
        : waiting.length === 1 && waiting[0]?.text.startsWith("a ")
          ? " waits for you."
          : " wait for you."}
      {standing === "" ? null : <span className="text-ink-2"> {withoutDisguise(standing)}</span>}
    </p>
  );
}
