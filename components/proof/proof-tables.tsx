import { uniqueKeys } from "@/components/ui/hooks/unique-keys";
import { FactTable } from "@/components/ui/table";
import type { Proof, ProofFile } from "@/core/shapes/proof";
import { count, exactMoney } from "@/core/words/figures";
import { baseText, deciderText, filesText, leftOutText, outcomeWord, utc, versionsText } from "@/core/words/proof";
import { Left, Part } from "./proof-parts";

export function FilesPart({ proof: { files, left_out: leftOut } }: { proof: Proof }) {
  if (files.problem !== null)
    return (
      <Part title="Files">
        <p>{files.problem}</p>
      </Part>
    );
  return (
    <Part title="Files">
      <p className="mb-3 wrap-anywhere text-ink-2">
        {filesText(files)}. {baseText(files)}
      </p>
      <FactTable columns={["File", "Change", { name: "Lines", className: "text-right" }, "Git blob"]}>
        {files.items.map((file) => (
          <tr key={file.path}>
            <td className="font-mono text-mono wrap-anywhere">{file.path}</td>
            <td className="text-ink-2">{CHANGES[file.change]}</td>
            <td className="text-right whitespace-nowrap">
              <Lines file={file} />
            </td>
            <td className="font-mono text-mono text-ink-2" title={file.blob_after ?? undefined}>
              {file.blob_after?.slice(0, 12) ?? "none"}
            </td>
          </tr>
        ))}
      </FactTable>
      <Left words={leftOutText(leftOut.files, "file")} />
    </Part>
  );
}

const CHANGES: Readonly<Record<ProofFile["change"], string>> = {
  added: "New",
  modified: "Changed",
  deleted: "Deleted",
};

function Lines({ file: { additions, deletions } }: { file: ProofFile }) {
  if (additions === null || deletions === null) return <span className="text-ink-2">not counted</span>;
  return (
    <>
      <span className="text-ok">+{additions}</span> <span className="text-fail">−{deletions}</span>
    </>
  );
}

export function DecisionsPart({ proof }: { proof: Proof }) {
  const { decisions, left_out: leftOut } = proof;
  const keys = uniqueKeys(decisions.map(({ at, title }) => at + title));
  return (
    <Part title="Who approved what">
      <FactTable columns={["When", "Who", "What"]}>
        <tr>
          <td className="whitespace-nowrap">{utc(proof.created_at)}</td>
          <td>{proof.started_by}</td>
          <td>Started it{proof.cap.cost_usd === null ? "" : `, up to ${exactMoney(proof.cap.cost_usd)}`}</td>
        </tr>
        {decisions.map((decision, index) => (
          <tr key={keys[index]}>
            <td className="whitespace-nowrap">{utc(decision.at)}</td>
            <td className="wrap-anywhere">{deciderText(decision)}</td>
            <td className="wrap-anywhere">
              {outcomeWord(decision)}: {decision.title}
              {decision.answer ? <span className="block text-ink-2">“{decision.answer}”</span> : null}
            </td>
          </tr>
        ))}
      </FactTable>
      <Left words={leftOutText(leftOut.decisions, "decision")} />
      <p className="mt-2 text-small text-ink-2">Calls that the policy allows without asking are not listed.</p>
    </Part>
  );
}

export function CostPart({ proof }: { proof: Proof }) {
  const { spend, total, left_out: leftOut } = proof;
  const right = { className: "text-right" };
  return (
    <Part title="Cost">
      <FactTable
        columns={[
          "Agent and model",
          { name: "Turns", ...right },
          { name: "Tokens", ...right },
          { name: "Cost", ...right },
        ]}
      >
        {spend.map((row) => (
          <tr key={`${row.agent} ${row.model}`}>
            <td className="wrap-anywhere">
              {row.agent}, {row.model}
            </td>
            <td className="text-right">{row.turns}</td>
            <td className="text-right">{count(row.tokens_in + row.tokens_out)}</td>
            <td className="text-right">{exactMoney(row.cost_usd)}</td>
          </tr>
        ))}
        <tr>
          <td className="font-semibold">Together</td>
          <td />
          <td className="text-right font-semibold">{count(total.tokens_in + total.tokens_out)}</td>
          <td className="text-right font-semibold">{exactMoney(total.cost_usd)}</td>
        </tr>
      </FactTable>
      <Left words={leftOutText(leftOut.spend, "row")} />
      <p className="mt-2 text-small text-ink-2">{versionsText(proof)}</p>
    </Part>
  );
}
