import { CopyButton } from "@/components/text/copy-button";
import { Icon } from "@/components/ui/icon";
import { Button } from "@/components/ui/parts";
import type { ServerFinding } from "@/core/shapes/tools";

export interface FindingsProps {
  findings: readonly ServerFinding[];
  /** Applies the mend with this id. */
  mend: (id: string) => void;
  isLocked: boolean;
}

/** What will not work about a server, with a button for each change that mends it. */
export function ServerFindings({ findings, mend, isLocked }: FindingsProps) {
  if (findings.length === 0) return null;
  return (
    <ul className="space-y-2" aria-label="Will not work">
      {findings.map(({ code, sentence, line, mends }) => (
        <li className="flex min-w-0 items-start gap-2" key={`${code} ${sentence}`}>
          <Icon name="failed" className="mt-[3px] size-3.5 text-fail" />
          <div className="min-w-0 space-y-1.5">
            <p className="wrap-anywhere">{sentence}</p>
            {line ? <CopyButton text={line}>Copy the setting</CopyButton> : null}
            {mends.length > 0 ? (
              <p className="flex flex-wrap gap-2">
                {mends.map(({ id, label }) => (
                  <Button key={id} disabled={isLocked} onClick={() => mend(id)}>
                    <span className="wrap-anywhere">{label}</span>
                  </Button>
                ))}
              </p>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}
