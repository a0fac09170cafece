import Form from "next/form";
import { FindField } from "@/components/ui/find-field";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { PageBody } from "@/components/ui/page/page";
import { Section } from "@/components/ui/page/section";
import { Button, Say } from "@/components/ui/parts";
import {
  CAPABILITY_KINDS,
  type Capability,
  type CapabilityKind,
  type CapabilityMatch,
} from "@/core/shapes/capabilities/capabilities";
import { KIND_WORDS } from "@/core/words/capabilities";
import { CapabilityTable } from "./capability-table";

interface CapabilitiesViewProps {
  items: Capability[];
  problems: string[];
  /** What fits the need; null when nobody asked. */
  found: CapabilityMatch[] | null;
  need: string;
  /** The tree whose workspace is looked at; empty for none. */
  tree: string;
  trees: { id: string; title: string }[];
}

/** Everything that can be called on to do work: all of it by kind, or what fits a need. */
export function CapabilitiesView({ items, problems, found, need, tree, trees }: CapabilitiesViewProps) {
  const kinds = CAPABILITY_KINDS.filter((one) => items.some((item) => item.kind === one));
  return (
    <PageBody className="w-full max-w-310">
      <Form action="/tools/capabilities" role="search" className="flex flex-wrap items-center gap-2">
        <FindField
          room="wide"
          name="need"
          aria-label="What you need"
          placeholder="What you need, such as “read text in images”"
          defaultValue={need}
          data-find
        />
        <select name="tree" aria-label="Libraries of" defaultValue={tree} className="max-w-60 phone:max-w-full">
          <option value="">No libraries</option>
          {trees.map(({ id, title }) => (
            <option key={id} value={id}>
              Libraries of {title}
            </option>
          ))}
        </select>
        <Button type="submit">Find</Button>
        {found ? (
          <a className="link" href={tree ? `?tree=${encodeURIComponent(tree)}` : "/tools/capabilities"}>
            Show all
          </a>
        ) : null}
      </Form>
      {problems.map((sentence) => (
        <Say key={sentence}>{sentence}</Say>
      ))}
      {found ? (
        <Found found={found} need={need} />
      ) : (
        <div className="mt-4">
          {kinds.map((kind) => (
            <Kind key={kind} kind={kind} items={items.filter((item) => item.kind === kind).sort(byUse)} />
          ))}
        </div>
      )}
    </PageBody>
  );
}

/** The most used first; what is not measured comes last. */
function byUse(a: Capability, b: Capability): number {
  return (b.figures?.uses ?? -1) - (a.figures?.uses ?? -1);
}

function Found({ found, need }: { found: CapabilityMatch[]; need: string }) {
  if (found.length === 0)
    return (
      <p className="mt-6 text-ink-2">
        Nothing shares words with “{need}”. Use other words, or add a server or an API for it.
      </p>
    );
  return (
    <Section id="found" className="mt-6" title="Best matches" beside={`for “${need}”, as an agent gets them`}>
      <CapabilityTable items={found} showsKind />
    </Section>
  );
}

/** All capabilities of a kind, folded: there are hundreds. */
function Kind({ kind, items }: { kind: CapabilityKind; items: Capability[] }) {
  return (
    <details className={`${FOLD} border-line border-b py-1`} data-kind={kind}>
      <summary>
        <FoldMark />
        <h2>{KIND_WORDS[kind].many}</h2>
        <span className="text-ink-3">{items.length}</span>
      </summary>
      <CapabilityTable items={items} />
    </details>
  );
}
