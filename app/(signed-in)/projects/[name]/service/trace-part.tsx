import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { FactTable } from "@/components/ui/table";
import type { Project } from "@/core/shapes/projects";
import type { ServiceView } from "@/core/shapes/services/view";
import type { RequirementEvidence } from "@/core/specification/evidence";
import type { TracedRequirement } from "@/core/specification/trace";
import type { SpecificationView } from "@/core/specification/view";
import { plural } from "@/core/words/figures";
import { evidenceTask, gapCount } from "@/core/words/services/page";
import { withoutDisguise } from "@/core/words/visible";
import { EvidenceMark } from "./evidence-mark";
import { MakeTask } from "./make-task";

interface TracePartProps {
  service: ServiceView;
  /** null: it has no specification. */
  view: SpecificationView | null;
  project: Project;
  mayStart: boolean;
}

/** Each requirement with the operations that carry it and the tests that show it, and what is missing. */
export function TracePart({ service, view, project, mayStart }: TracePartProps) {
  if (view === null)
    return (
      <PageBody>
        <p className="max-w-150 text-ink-2">There are no requirements, so there is nothing to trace.</p>
      </PageBody>
    );
  const byId = new Map(service.evidence.map((one) => [one.requirement, one]));
  const without = view.trace.operations.filter(({ gaps }) => gaps.length > 0);
  const gaps = gapCount(view);
  return (
    <PageBody>
      <Section id="trace" title="Requirement, operation, test" beside={gaps === 0 ? "no gap" : plural(gaps, "gap")}>
        <FactTable columns={["Requirement", "Text", "Operations", "Tests", "Evidence"]} stacks>
          {view.trace.requirements.map((one) => (
            <Row key={one.id} traced={one} evidence={byId.get(one.id)} project={project} mayStart={mayStart} />
          ))}
        </FactTable>
      </Section>
      {without.length === 0 ? null : (
        <Section id="without" title="Operations without a requirement">
          <ul className="*:border-line *:border-b">
            {without.map(({ key }) => (
              <li key={key} className="wrap-anywhere py-1.5 font-mono">
                {withoutDisguise(key)}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </PageBody>
  );
}

/** On a phone the id and the evidence stand side by side, and all else below. */
const BELOW = "phone:order-2 phone:col-span-full";

interface RowProps {
  traced: TracedRequirement;
  evidence: RequirementEvidence | undefined;
  project: Project;
  mayStart: boolean;
}

function Row({ traced: { id, text, operations, checks, gaps }, evidence, project, mayStart }: RowProps) {
  const state = evidence?.state ?? "neither";
  const files = [...new Set(evidence?.criteria.flatMap((one) => one.files) ?? [])];
  const others = [...new Set(checks.filter(({ kind }) => kind !== "test").map(({ kind }) => kind))];
  return (
    <tr>
      <td className="font-mono text-ink-2">{id}</td>
      <td className={BELOW}>
        <span className="wrap-anywhere block max-w-90 whitespace-normal">{withoutDisguise(text)}</span>
      </td>
      <td className={`font-mono text-ink-2 ${BELOW}`}>
        {gaps.includes("operation") ? <Missing what="operation" /> : null}
        {operations.map((key) => (
          <span key={key} className="wrap-anywhere block">
            {withoutDisguise(key)}
          </span>
        ))}
      </td>
      <td className={`text-ink-2 ${BELOW}`}>
        {files.length === 0 && others.length === 0 ? <Missing what="test" /> : null}
        {files.map((file) => (
          <span key={file} className="wrap-anywhere block font-mono">
            {withoutDisguise(file)}
          </span>
        ))}
        {others.map((kind) => (
          <span key={kind} className="block">
            {kind}
          </span>
        ))}
      </td>
      <td className="phone:order-1">
        <span className="flex flex-wrap items-center gap-2">
          <EvidenceMark state={state} />
          {state === "neither" && mayStart ? (
            <MakeTask project={project} id={id} task={evidenceTask({ id, text }, evidence)} />
          ) : null}
        </span>
      </td>
    </tr>
  );
}

function Missing({ what }: { what: string }) {
  return <span className="font-medium font-sans text-fail">no {what}</span>;
}
