import { plural } from "@/components/ui/format";
import { Icon } from "@/components/ui/icon";
import { uniqueKeys } from "@/components/ui/unique-keys";
import type { LineKind, PatchFile } from "./parse-patch";

const SIGNS: Record<LineKind, string> = { added: "+", removed: "−", same: "", hunk: "", note: "" };
const WORDS: Partial<Record<LineKind, string>> = { added: "added: ", removed: "removed: " };

/** A line that is not broken; what is out of sight takes this much room. */
const LINE_PX = 18;

/** One file of a diff. A sign and a word stand with the colour; long lines are broken, so that nothing of them is out of sight. */
export function FileDiff({ file, open }: { file: PatchFile; open: boolean }) {
  const keys = uniqueKeys(file.lines.map(({ from, to, text }) => `${from} ${to} ${text}`));
  return (
    <details className="diff" open={open}>
      <summary>
        <Icon name="chev" className="i tw" />
        <Icon name="doc" />
        <span className="mono cut">{file.path}</span>
        {file.isBinary ? (
          <span className="faint">no text</span>
        ) : (
          <span className="nowrap">
            <span className="plus">+{file.added}</span> <span className="minus">−{file.removed}</span>
          </span>
        )}
      </summary>
      {file.isBinary ? <p className="dim p-3">It is no text, so its lines cannot be shown.</p> : null}
      {file.lines.length > 0 ? (
        <div className="lines" style={{ containIntrinsicSize: `auto ${file.lines.length * LINE_PX}px` }}>
          {file.lines.map((line, index) => (
            <div className={`dl ${line.kind}`} key={keys[index]}>
              <span className="no" aria-hidden="true">
                {line.from}
              </span>
              <span className="no" aria-hidden="true">
                {line.to}
              </span>
              <span className="sign" aria-hidden="true">
                {SIGNS[line.kind]}
              </span>
              <code>
                {WORDS[line.kind] ? <span className="sr">{WORDS[line.kind]}</span> : null}
                {line.text}
              </code>
            </div>
          ))}
        </div>
      ) : null}
    </details>
  );
}

export function diffSummary(files: readonly PatchFile[]): string {
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  return `${plural(added, "line")} added, ${removed} removed`;
}
