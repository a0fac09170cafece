import { Facts } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import { keyed } from "@/components/ui/keyed";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { StatusGlyph } from "@/components/ui/status";
import type { ServiceView } from "@/core/shapes/services/view";
import type { RequirementEvidence } from "@/core/specification/evidence";
import type { SpecificationView } from "@/core/specification/view";
import { plural } from "@/core/words/figures";
import { evidenceCounts, evidenceLines } from "@/core/words/services/page";
import { withoutDisguise } from "@/core/words/visible";
import { EvidenceMark } from "./evidence-mark";

interface RequirementsPartProps {
  service: ServiceView;
  /** null: it has no specification. */
  view: SpecificationView | null;
}

/** What a service has to do: its questions with their answers, and its requirements with what shows them. */
export function RequirementsPart({ service, view }: RequirementsPartProps) {
  if (view === null)
    return (
      <PageBody>
        <p className="max-w-150 text-ink-2">
          There are no requirements: {service.project} has no <code>spec/specification.yaml</code>. A service that is
          made from requirements has one.
        </p>
      </PageBody>
    );
  const { ambiguities, requirements, faults } = view;
  const byId = new Map(service.evidence.map((one) => [one.requirement, one]));
  return (
    <PageBody className="grid grid-cols-[minmax(0,1fr)_340px] items-start gap-x-10 narrow:grid-cols-1">
      <div className="min-w-0">
        <Faults faults={faults} />
        {ambiguities.length > 0 ? <Ambiguous ambiguities={ambiguities} /> : null}
        <Section id="requirements" title="Requirements" beside={evidenceCounts(service.evidence)}>
          <ul aria-label="Requirements" className="*:border-line *:border-b">
            {requirements.map((requirement) => (
              <Requirement key={requirement.id} requirement={requirement} evidence={byId.get(requirement.id)} />
            ))}
          </ul>
        </Section>
      </div>
      <BeganWith view={view} />
    </PageBody>
  );
}

function Faults({ faults }: Pick<SpecificationView, "faults">) {
  if (faults.length === 0) return null;
  return (
    <Section id="faults" title="Not consistent" beside={plural(faults.length, "fault")}>
      <ul className="*:border-line *:border-b">
        {keyed(faults, ({ text }) => text).map(([key, { text }]) => (
          <li key={key} className="wrap-anywhere py-2 text-fail">
            {withoutDisguise(text)}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Ambiguous({ ambiguities }: Pick<SpecificationView, "ambiguities">) {
  const open = ambiguities.filter(({ answer }) => answer === undefined).length;
  return (
    <Section id="ambiguous" title="Ambiguous" beside={`${open} of ${ambiguities.length} open, asked once`}>
      <ul aria-label="Questions" className="*:border-line *:border-b">
        {ambiguities.map(({ id, about, question, answer, answers, default: usual }) => (
          <li key={id} className="grid grid-cols-[16px_minmax(0,1fr)_auto] gap-x-2 py-2">
            <StatusGlyph status={answer === undefined ? "you" : "succeeded"} className="mt-1 size-3.5" />
            <div className="wrap-anywhere min-w-0">
              <span className={answer === undefined ? "font-medium" : "text-ink-2"}>{withoutDisguise(question)}</span>{" "}
              {answer === undefined ? (
                <Hint>
                  Answers: {withoutDisguise(answers.join("; "))}. Default: {withoutDisguise(usual)}
                </Hint>
              ) : (
                <>
                  {withoutDisguise(answer)}
                  {answer === usual ? <span className="text-ink-3"> (the default)</span> : null}
                </>
              )}
            </div>
            <span className="font-mono text-ink-2 text-small leading-5.5">{about.join(" ")}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface RequirementProps {
  requirement: SpecificationView["requirements"][number];
  evidence: RequirementEvidence | undefined;
}

function Requirement({ requirement: { id, text }, evidence }: RequirementProps) {
  return (
    <li
      id={id}
      className="grid grid-cols-[40px_minmax(0,1.1fr)_minmax(0,1fr)] gap-x-3 py-2.5 phone:grid-cols-[40px_minmax(0,1fr)]"
    >
      <span className="font-mono text-ink-2 text-small leading-5.5">{id}</span>
      <p className="wrap-anywhere min-w-0">{withoutDisguise(text)}</p>
      <div className="min-w-0 phone:col-start-2 phone:mt-1">
        <EvidenceMark state={evidence?.state ?? "neither"} />
        {evidence === undefined || evidence.criteria.length === 0 ? (
          <p className="text-ink-2 text-small">No acceptance criterion shows it.</p>
        ) : (
          <ul>
            {evidenceLines(evidence).map(({ criterion, text: said, files }) => (
              <li key={criterion} className="wrap-anywhere text-ink-2 text-small">
                <span className="font-mono">{criterion}</span> {withoutDisguise(said)}
                {files.length === 0 ? null : <span className="text-ink-3"> {withoutDisguise(files.join(", "))}</span>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function BeganWith({ view: { source, changes, entities } }: { view: SpecificationView }) {
  return (
    <div className="min-w-0 narrow:mt-6">
      <Section id="began" title="It began with">
        {source === "" ? (
          <p className="mt-2 text-ink-2">Its text was not kept.</p>
        ) : (
          <blockquote className="wrap-anywhere mt-2 line-clamp-12 border-line-strong border-l-2 pl-3 whitespace-pre-line text-ink-2">
            {withoutDisguise(source)}
          </blockquote>
        )}
        {changes.length === 0 ? null : (
          <ul aria-label="Changes" className="mt-2 grid gap-1">
            {keyed(changes, String).map(([key, change]) => (
              <li key={key} className="wrap-anywhere text-ink-2 text-small">
                Then: {withoutDisguise(change)}
              </li>
            ))}
          </ul>
        )}
        <Hint>
          Files of the specification are in <code>spec/</code>.
        </Hint>
      </Section>
      {entities.length === 0 ? null : (
        <Section id="entities" title="Entities">
          <Facts className="mt-2" isApart>
            {entities.map(({ name, fields }) => (
              <div key={name} className="contents">
                <dt className="wrap-anywhere">{withoutDisguise(name)}</dt>
                <dd>{plural(fields, "field")}</dd>
              </div>
            ))}
          </Facts>
        </Section>
      )}
    </div>
  );
}
