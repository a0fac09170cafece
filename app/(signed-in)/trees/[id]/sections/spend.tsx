import { spendOf } from "@/components/trees/spend";
import { Hint } from "@/components/ui/hint";
import type { Task } from "@/core/shapes/shapes";
import { exactCount, exactMoney, money } from "@/core/words/figures";
import { Section } from "./section";

/** What the task and its subtasks have spent, to the micro-dollar, against the grant. */
export function Spend({ task, tasks }: { task: Task; tasks: ReadonlyMap<string, Task> }) {
  const { own, below, all, left } = spendOf(task, tasks);
  const capped = task.grant.cost_usd !== null || task.grant.tokens !== null;
  const rows: [string, { usd: number | null; tokens: number | null }][] = [
    ["This task", own],
    ["Subtasks and checks", below],
    ["Total", all],
    ...(capped
      ? ([
          ["Granted", { usd: task.grant.cost_usd, tokens: task.grant.tokens }],
          ["Left", left],
        ] satisfies [string, typeof left][])
      : []),
  ];
  const granted = task.grant.cost_usd === null ? "" : `, of ${money(task.grant.cost_usd)} granted`;
  const total = below.usd + below.tokens > 0 ? `, ${exactMoney(all.usd)} with subtasks` : "";
  const summary = `${exactMoney(own.usd)} for this task${total}${granted}`;
  return (
    <Section name="spend" title="Spend" summary={summary}>
      <table className="mt-1 ml-5 border-collapse">
        <thead>
          <tr>
            <th scope="col" className="border-b border-line">
              <span className="sr-only">Spent by</span>
            </th>
            <Unit>Cost, $</Unit>
            <Unit>Tokens, in and out</Unit>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, { usd, tokens }]) => (
            <tr key={name}>
              <th scope="row" className="border-b border-line py-0.5 text-left font-normal text-ink-2">
                {name}
              </th>
              <Figure>{usd === null ? "no cap" : exactMoney(usd)}</Figure>
              <Figure>{tokens === null ? "no cap" : exactCount(tokens)}</Figure>
            </tr>
          ))}
        </tbody>
      </table>
      {capped ? null : <Hint className="pl-5">This task has no cap.</Hint>}
    </Section>
  );
}

function Unit({ children }: { children: string }) {
  return (
    <th scope="col" className="border-b border-line py-0.5 pl-6 text-right text-small font-normal text-ink-3">
      {children}
    </th>
  );
}

function Figure({ children }: { children: string }) {
  return <td className="border-b border-line py-0.5 pl-6 text-right">{children}</td>;
}
