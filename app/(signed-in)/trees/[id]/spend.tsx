import type { Task } from "@/agents/core/shapes";
import { spendOf } from "@/components/trees/spend";
import { exactCount, exactMoney, money } from "@/components/ui/format";
import { Section } from "./section";

/** What the task itself and its branch have spent, to the micro-dollar, against what was granted. */
export function Spend({ task, tasks }: { task: Task; tasks: ReadonlyMap<string, Task> }) {
  const { own, below, all, left } = spendOf(task, tasks);
  const capped = task.grant.cost_usd !== null || task.grant.tokens !== null;
  const rows: [string, { usd: number | null; tokens: number | null }][] = [
    ["This task", own],
    ["Its subtasks and their checks", below],
    ["Together", all],
    ...(capped
      ? ([
          ["Granted", { usd: task.grant.cost_usd, tokens: task.grant.tokens }],
          ["Left", left],
        ] satisfies [string, typeof left][])
      : []),
  ];
  const granted = task.grant.cost_usd === null ? "" : `, of ${money(task.grant.cost_usd)} granted`;
  const summary = `${exactMoney(own.usd)} itself${below.usd + below.tokens > 0 ? `, ${exactMoney(all.usd)} with its subtasks` : ""}${granted}`;
  return (
    <Section name="spend" title="Spend" summary={summary}>
      <table className="sums mt-1">
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">Whose</span>
            </th>
            <th scope="col">Money</th>
            <th scope="col">Tokens</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, { usd, tokens }]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{usd === null ? "no cap" : exactMoney(usd)}</td>
              <td>{tokens === null ? "no cap" : exactCount(tokens)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {capped ? null : <p className="hint pl-5">Nothing was capped for it.</p>}
    </Section>
  );
}
