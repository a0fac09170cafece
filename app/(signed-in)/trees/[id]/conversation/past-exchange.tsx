"use client";

import { Icon } from "@/components/ui/icon";
import { StatusWord } from "@/components/ui/status";
import { Clock } from "@/components/ui/time";
import type { AttemptEnd, Exchange } from "@/core/shapes/conversation";
import type { Task } from "@/core/shapes/shapes";
import { claimsText } from "@/core/words/conversation";
import { plural } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { viewAddress } from "../files/file-address";
import { Lines } from "../files/lines";
import { useFilesHere } from "../files/open-file";
import { useLoaded } from "../files/use-loaded";
import { MARKS } from "../sections/claims";
import { Folding, Said } from "./said";
import { Worked } from "./worked";

/** Files that are named in the line of an earlier result. */
const NAMED = 4;

interface PastExchangeProps {
  task: Task;
  exchange: Exchange;
  starter: string;
}

/** An earlier message, the work on it, and its result: the text, a line for each claim and one for the files. */
export function PastExchange({ task, exchange, starter }: PastExchangeProps) {
  const { said, more, end } = exchange;
  return (
    <div className="grid gap-4" data-exchange={said.seq}>
      <Said saying={said} starter={starter} />
      {more.map((saying) => (
        <Said key={saying.seq} saying={saying} starter={starter} isAside />
      ))}
      <Worked exchange={exchange} />
      {end ? (
        <PastResult task={task} exchange={exchange} end={end} />
      ) : (
        <p className="text-ink-2">This tree began as a fork after these words, so their result stands in its origin.</p>
      )}
    </div>
  );
}

function PastResult({ task, exchange, end }: { task: Task; exchange: Exchange; end: AttemptEnd }) {
  const claims = end.verdict?.claims ?? [];
  return (
    <article className="min-w-0 rounded-lg border border-line bg-raised px-4 py-3" aria-label="Earlier result">
      <header className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">
          <StatusWord status={end.status} />
        </span>
        <span className="text-ink-2">{claimsText(end.verdict)}</span>
        <span className="ml-auto text-small whitespace-nowrap text-ink-3">
          <Clock at={end.at} />
        </span>
      </header>
      {end.result ? (
        <div className="mt-1.5">
          <Folding text={end.result} />
        </div>
      ) : null}
      {claims.length > 0 ? (
        <ul className="mt-2">
          {claims.map((claim) => (
            <li key={`${claim.mark} ${claim.statement}`} className="flex min-w-0 items-start gap-2 py-0.5">
              <Icon
                name={MARKS[claim.mark].icon}
                label={MARKS[claim.mark].word}
                className={`mt-[3px] size-3.5 flex-none ${MARKS[claim.mark].look}`}
              />
              <span className="min-w-0 wrap-anywhere">{claim.statement}</span>
            </li>
          ))}
        </ul>
      ) : null}
      <PastFiles task={task} exchange={exchange} />
    </article>
  );
}

/** The files of an earlier result in one line. Nothing while they load, and when none changed. */
function PastFiles({ task, exchange: { said, next_seq: before } }: { task: Task; exchange: Exchange }) {
  const { openFile } = useFilesHere();
  const { body } = useLoaded(`tasks/${task.id}/files?after=${said.seq}&before=${before}`);
  if (!body || body.files.length === 0) return null;
  const { files } = body;
  const at = body.at === null ? null : String(body.at);
  return (
    <p className="-mx-4 mt-2 flex min-w-0 items-start gap-2 border-t border-line px-4 pt-2 text-ink-2">
      <Icon name="doc" className="mt-[3px] size-3.5 flex-none text-ink-3" />
      <span className="min-w-0 flex-auto wrap-anywhere">
        {plural(files.length, "file")}:{" "}
        {files.slice(0, NAMED).map(({ path }, index) => (
          <span key={path}>
            {index > 0 ? ", " : null}
            <a
              className="link"
              href={viewAddress(task.tree_id, path, at)}
              onClick={(event) => {
                if (!openFile || event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                openFile(path, at);
              }}
            >
              {withoutDisguise(path)}
            </a>
          </span>
        ))}
        {files.length > NAMED ? ` and ${files.length - NAMED} more` : null}
      </span>
      <Lines files={files} />
    </p>
  );
}
