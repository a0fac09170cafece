import { Section } from "@/components/ui/page/section";
import { StatusWord } from "@/components/ui/status";
import { FactTable } from "@/components/ui/table";
import { Clock } from "@/components/ui/time";
import type { ServerStart } from "@/core/shapes/operations";
import { endWords, PROCESS_ROLES } from "@/core/words/processes";
import type { ShownStatus } from "@/core/words/status";

const COLUMNS = ["Started", "End", "Process", "Version"];

const SHOWN = 8;
const COMMIT_CHARS = 8;

const GLYPHS: Record<NonNullable<ServerStart["end"]>, ShownStatus> = {
  signal: "stopped",
  asked: "stopped",
  restored: "stopped",
  crashed: "failed",
  machine: "failed",
};

/** The last starts of the server, and how each ended. */
export function Starts({ starts }: { starts: ServerStart[] }) {
  if (starts.length === 0) return null;
  return (
    <Section id="starts" title="Starts and stops">
      <div className="-mx-1 overflow-x-auto px-1">
        <FactTable stacks columns={COLUMNS}>
          {starts.slice(0, SHOWN).map((start) => (
            <Start key={`${start.started_at} ${start.pid}`} start={start} />
          ))}
        </FactTable>
      </div>
    </Section>
  );
}

function Start({ start }: { start: ServerStart }) {
  const { role, pid, version, commit, release, started_at, ended_at, end } = start;
  return (
    <tr data-start={pid}>
      <td className="whitespace-nowrap">
        <Clock at={started_at} />
      </td>
      <td className="phone:justify-self-end">
        <StatusWord status={end === null ? "running" : GLYPHS[end]}>
          <span>
            {endWords(start)}
            {ended_at ? (
              <>
                {end === "crashed" || end === "machine" ? ", last seen " : ", "}
                <Clock at={ended_at} />
              </>
            ) : null}
          </span>
        </StatusWord>
      </td>
      <td className="text-ink-2">
        <span className="font-mono text-mono">{pid}</span> {PROCESS_ROLES[role]}
      </td>
      <td className="text-ink-2 phone:text-right">
        {version}
        {release === null ? "" : `, release ${release}`}
        {commit ? `, ${commit.slice(0, COMMIT_CHARS)}` : ""}
      </td>
    </tr>
  );
}
