import { OutcomeWord } from "@/components/gates/outcome-word";
import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { Section } from "@/components/ui/page/section";
import { Badge, type BadgeLook } from "@/components/ui/parts";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { Finding, GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { shortDuration } from "@/core/words/figures";
import { findingText, gateTitle } from "@/core/words/gates";
import { withoutDisguise } from "@/core/words/visible";

const COLUMNS = ["Gate", "Outcome", "Said", { name: "Time", className: "text-right!" }];

const COMMIT_CHARS = 12;
const ORDER: Finding["kind"][] = ["fault", "flag", "note"];
const BADGES: Record<Finding["kind"], BadgeLook> = { fault: "bad", flag: "you", note: "plain" };

/** One run of the gates: what was judged, and what each gate said and found. */
export function Report({ report }: { report: GatesReport }) {
  const { outcome, started_at, seconds, base, head, gates } = report;
  const on = gates.filter((gate) => gate.outcome !== "off");
  const off = gates.filter((gate) => gate.outcome === "off");
  return (
    <>
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-ink-2">
        <OutcomeWord outcome={outcome} />
        <span>
          <Clock at={started_at} />, {shortDuration(seconds * 1_000)}
        </span>
        <span>
          <span className="font-mono text-mono">{shown(head)}</span> judged by the gates of{" "}
          <span className="font-mono text-mono">{shown(base)}</span>
        </span>
      </p>
      <Section id="report" title="Gates" beside={String(on.length)}>
        <div className="-mx-1 overflow-x-auto px-1">
          <FactTable stacks columns={COLUMNS}>
            {on.map((gate) => (
              <GateRow key={gate.gate} gate={gate} />
            ))}
          </FactTable>
        </div>
        {off.length > 0 ? <p className="py-2 text-ink-3">Off: {off.map(gateTitle).join(", ")}</p> : null}
      </Section>
    </>
  );
}

function GateRow({ gate }: { gate: GateResult }) {
  const { outcome, required, summary, seconds, findings } = gate;
  const sorted = ORDER.flatMap((kind) => findings.filter((one) => one.kind === kind));
  const keys = uniqueKeys(sorted.map((finding) => JSON.stringify(finding)));
  return (
    <tr data-gate={gate.gate}>
      <td className="align-top whitespace-nowrap">{gateTitle(gate)}</td>
      <td className="align-top whitespace-nowrap">
        <OutcomeWord outcome={outcome} />
        {required ? null : <span className="text-ink-3"> · optional</span>}
      </td>
      <td className="w-full align-top wrap-anywhere">
        <span className="text-ink-2">{withoutDisguise(summary)}</span>
        {sorted.length > 0 ? (
          <ul className="my-1 grid gap-1">
            {sorted.map((finding, index) => (
              <li key={keys[index]} className="flex items-baseline gap-2">
                <Badge look={BADGES[finding.kind]}>{finding.kind}</Badge>
                <span>{withoutDisguise(findingText(finding))}</span>
              </li>
            ))}
          </ul>
        ) : null}
      </td>
      <td className="text-right align-top whitespace-nowrap text-ink-3">{shortDuration(seconds * 1_000)}</td>
    </tr>
  );
}

function shown({ name, commit }: GatesReport["base"]): string {
  return commit?.slice(0, COMMIT_CHARS) ?? name;
}
