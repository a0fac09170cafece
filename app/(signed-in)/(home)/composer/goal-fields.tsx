import type { ComponentProps, ReactNode } from "react";
import { Hint } from "@/components/ui/hint";
import { Button } from "@/components/ui/parts";
import { type CriterionRow, criterionLines, criterionRows } from "./criteria-lines";
import { defaultUsdOf } from "./draft";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { goalUntil } from "./goal-until";
import type { Usual } from "./usual";

interface GoalFieldsProps extends FieldsProps {
  /** null: not known yet. */
  usual: Usual | null;
  /** Opens the options, which hold the limits. */
  open: () => void;
}

/** What shows that a goal is reached, and when its rounds end. */
export function GoalFields({ draft, change, problem, usual, open }: GoalFieldsProps) {
  const isWrong = problem?.field === "check";
  return (
    <div className="grid gap-3 border-line border-t px-4 py-3">
      <Row label={<label htmlFor="new-check">Check</label>}>
        <Cell
          id="new-check"
          className="font-mono text-mono!"
          value={draft.check}
          placeholder={usual?.check || "A command that exits 0 when it is done"}
          aria-invalid={isWrong || undefined}
          aria-describedby={isWrong ? "new-check-wrong" : undefined}
          onChange={(event) => change({ check: event.target.value })}
        />
        <Wrong name="check" problem={problem} className="mt-1!" />
        <Hint>Banyan runs it after every round, in a clean copy.</Hint>
      </Row>
      <Criteria draft={draft} change={change} problem={problem} usual={usual} />
      <Row label="Until">
        <p className="text-ink-2 leading-7">
          {goalUntil(draft, defaultUsdOf(draft, usual))}{" "}
          <button type="button" className="link" onClick={open}>
            Change<span className="sr-only"> the limits</span>
          </button>
        </p>
      </Row>
    </div>
  );
}

/** One row for each criterion: what must hold, the command that shows it, and its weight. */
function Criteria({ draft, change, problem, usual }: Omit<GoalFieldsProps, "open">) {
  const rows = criterionRows(draft.shows);
  const put = (next: CriterionRow[]) => change({ shows: criterionLines(next) });
  return (
    <Row label={<span id="new-criteria-label">Criteria</span>}>
      <ul className="grid gap-1.5" aria-labelledby="new-criteria-label">
        {rows
          .map((_, at) => at)
          .map((at) => (
            <Criterion
              key={at}
              row={rows[at]!}
              isFirst={at === 0}
              isWrong={problem?.field === "shows"}
              set={(fields) => put(rows.map((row, index) => (index === at ? { ...row, ...fields } : row)))}
              remove={() => put(rows.length > 1 ? rows.toSpliced(at, 1) : criterionRows(""))}
            />
          ))}
      </ul>
      <Wrong name="shows" problem={problem} className="mt-1!" />
      <Button look="quiet" icon="plus" className="mt-0.5" onClick={() => put([...rows, ...criterionRows("")])}>
        Add a criterion
      </Button>
      {draft.check.trim() || draft.shows.trim() || usual === null ? null : (
        <Hint>
          {usual.check
            ? "Leave both empty, and the project's check shows it."
            : "Leave both empty, and goal_planner proposes criteria."}
        </Hint>
      )}
    </Row>
  );
}

interface CriterionProps {
  row: CriterionRow;
  isFirst: boolean;
  isWrong: boolean;
  set: (fields: Partial<CriterionRow>) => void;
  remove: () => void;
}

function Criterion({ row, isFirst, isWrong, set, remove }: CriterionProps) {
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_56px_28px] items-center gap-1.5 phone:grid-cols-[minmax(0,1fr)_56px_36px] phone:pb-2">
      <Cell
        id={isFirst ? "new-shows" : undefined}
        className="phone:col-span-2"
        aria-label="What must hold"
        placeholder="What must hold"
        value={row.statement}
        aria-invalid={isWrong || undefined}
        aria-describedby={isWrong ? "new-shows-wrong" : undefined}
        onChange={(event) => set({ statement: event.target.value })}
      />
      <Cell
        className="font-mono text-mono! phone:row-start-2"
        aria-label="Command that shows it"
        placeholder="no command: an evaluator judges"
        value={row.command}
        onChange={(event) => set({ command: event.target.value })}
      />
      <Cell
        className="phone:row-start-2"
        aria-label="Weight"
        inputMode="decimal"
        placeholder="1"
        value={row.weight}
        onChange={(event) => set({ weight: event.target.value })}
      />
      <Button
        look="quiet"
        icon="x"
        className="w-control px-0!"
        aria-label="Remove this criterion"
        title="Remove this criterion"
        onClick={remove}
      />
    </li>
  );
}

function Row({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[84px_minmax(0,1fr)] items-start gap-2 phone:grid-cols-1 phone:gap-0.5">
      <div className="text-ink-2 leading-7">{label}</div>
      <div className="min-w-0">{children}</div>
    </div>
  );
}

function Cell(props: ComponentProps<"input">) {
  return <input type="text" autoComplete="off" spellCheck={false} {...props} />;
}
