import { Facts } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import { keyed } from "@/components/ui/keyed";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { Badge } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import type { ContractAgainst, MadeFrom, ServiceContract, ServiceView } from "@/core/shapes/services/view";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";

/** What a service promises its clients, what changed in it, and what it is made from. */
export function ContractPart({ service: { project, commit, contract, against, made } }: { service: ServiceView }) {
  return (
    <PageBody className="grid grid-cols-[minmax(0,1fr)_340px] items-start gap-x-10 narrow:grid-cols-1">
      <div className="min-w-0">
        {contract === null ? (
          <p className="max-w-150 text-ink-2">
            {project} has no OpenAPI document that can be read, such as <code>openapi.yaml</code>.
          </p>
        ) : (
          <Operations contract={contract} commit={commit} />
        )}
        {against === null ? null : <Against against={against} commit={commit} />}
      </div>
      <div className="min-w-0 narrow:mt-6">
        <Blueprint made={made} />
      </div>
    </PageBody>
  );
}

function Operations({ contract, commit }: { contract: ServiceContract; commit: string | null }) {
  const { title, version, operations } = contract;
  const examples = operations.filter(({ is_example }) => is_example).length;
  const beside = [withoutDisguise(`${title} ${version}`), ...(commit === null ? [] : [`at ${commit.slice(0, 7)}`])];
  return (
    <Section id="operations" title="Operations" beside={beside.join(", ")}>
      <FactTable columns={["Operation", "Does", "For", "Answers"]} stacks>
        {operations.map(({ key, summary, requirements, statuses, is_example }) => (
          <tr key={key}>
            <td className="font-mono">{withoutDisguise(key)}</td>
            <td className="phone:order-2 phone:col-span-full">
              {withoutDisguise(summary)} {is_example ? <Badge>Example</Badge> : null}
            </td>
            <td className="font-mono text-ink-2 phone:order-2 phone:col-span-full">{requirements.join(" ")}</td>
            <td className="text-ink-2 phone:order-1">{withoutDisguise(statuses.join(", "))}</td>
          </tr>
        ))}
      </FactTable>
      {examples === 0 ? null : (
        <Hint>
          {plural(examples, "operation")} {examples === 1 ? "answers" : "answer"} with an example: write{" "}
          {examples === 1 ? "it" : "them"} in <code>src/to-write/</code>.
        </Hint>
      )}
    </Section>
  );
}

function Against({ against, commit }: { against: ContractAgainst; commit: string | null }) {
  const { target, commit: before, count, changes, not_compared } = against;
  const title = `${commit?.slice(0, 7)} against ${before.slice(0, 7)} in ${target}`;
  return (
    <Section id="against" title={title}>
      {not_compared === null ? null : (
        <p className="wrap-anywhere py-2 text-wait">They could not be compared: {withoutDisguise(not_compared)}</p>
      )}
      {not_compared === null && count === 0 ? (
        <p className="py-2 text-ink-2">Nothing changed in the document.</p>
      ) : null}
      <ul aria-label="Changes" className="*:border-line *:border-b">
        {keyed(changes, ({ text }) => text).map(([key, { breaking, text }]) => (
          <li key={key} className="grid grid-cols-[72px_minmax(0,1fr)] gap-x-3 py-1.5">
            <span className={breaking ? "font-medium text-wait" : "text-ink-2"}>{breaking ? "breaking" : "safe"}</span>
            <span className="wrap-anywhere">{withoutDisguise(text)}</span>
          </li>
        ))}
      </ul>
      {count > changes.length ? <Hint>And {count - changes.length} more.</Hint> : null}
      {count > 0 && !changes.some(({ breaking }) => breaking) ? <Hint>None of it breaks clients.</Hint> : null}
    </Section>
  );
}

function Blueprint({ made }: { made: MadeFrom | null }) {
  if (made === null)
    return (
      <Section id="blueprint" title="Blueprint">
        <p className="mt-2 text-ink-2">Banyan did not make this service.</p>
      </Section>
    );
  const { blueprint, version, parts, variables } = made;
  const values = Object.entries(variables);
  return (
    <Section id="blueprint" title="Blueprint" beside={withoutDisguise(`${blueprint} ${version}`)}>
      {parts.length === 0 ? <p className="mt-2 text-ink-2">No parts.</p> : null}
      <ul aria-label="Parts" className="mt-2 flex flex-wrap gap-1.5 empty:hidden">
        {parts.map((part) => (
          <li key={part}>
            <Badge>{withoutDisguise(part)}</Badge>
          </li>
        ))}
      </ul>
      {values.length === 0 ? null : (
        <Facts className="mt-3" isApart>
          {values.map(([name, value]) => (
            <div key={name} className="contents">
              <dt>{withoutDisguise(name)}</dt>
              <dd className="wrap-anywhere font-mono">{withoutDisguise(String(value))}</dd>
            </div>
          ))}
        </Facts>
      )}
    </Section>
  );
}
