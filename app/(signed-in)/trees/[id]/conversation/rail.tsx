"use client";

import type { ReactNode } from "react";
import { isChosen } from "@/components/feed/selectors";
import { Facts } from "@/components/ui/facts";
import { Icon } from "@/components/ui/icon";
import { StatusWord, shownStatusOf } from "@/components/ui/status";
import { Clock, Elapsed } from "@/components/ui/time";
import type { Conversation, Exchange } from "@/core/shapes/conversation";
import type { TaskFiles } from "@/core/shapes/files";
import type { Task } from "@/core/shapes/shapes";
import { claimsText } from "@/core/words/conversation";
import { exactCount, plural, spentOfText } from "@/core/words/figures";
import { withoutDisguise } from "@/core/words/visible";
import { viewAddress } from "../files/file-address";
import { Lines } from "../files/lines";
import { useFilesHere } from "../files/open-file";
import { MARKS } from "../sections/claims";

const SHOWN_FILES = 20;

interface RailProps {
  task: Task;
  asked: ReadonlySet<string>;
  conversation: Conversation | null;
  files: TaskFiles | null;
  openLog: () => void;
}

/** The results of the whole conversation so far: claims, files, and facts of the task. A phone has no room for it. */
export function Rail({ task, asked, conversation, files, openLog }: RailProps) {
  const claimed = (conversation?.exchanges ?? []).filter(({ end }) => (end?.verdict?.claims.length ?? 0) > 0);
  return (
    <aside className="min-h-0 overflow-auto border-l border-line p-4 scrollbar-thin phone:hidden" aria-label="So far">
      {claimed.length > 0 ? <Claims claimed={claimed} /> : null}
      {files && files.files.length > 0 ? <Files task={task} files={files} /> : null}
      <Details task={task} asked={asked} openLog={openLog} />
    </aside>
  );
}

function Part({ title, children, aside = "" }: { title: string; children: ReactNode; aside?: string }) {
  return (
    <section className="not-first:mt-5">
      <h3 className="mb-1 flex items-baseline gap-2 font-semibold">
        {title} <span className="text-small font-normal text-ink-3">{aside}</span>
      </h3>
      {children}
    </section>
  );
}

/** The claims of the newest result that made some; those of earlier results only counted. */
function Claims({ claimed }: { claimed: readonly Exchange[] }) {
  const [newest, ...older] = claimed.toReversed();
  return (
    <Part title="Claims" aside={claimed.length === 1 ? claimsText(newest?.end?.verdict ?? null) : ""}>
      <ul>
        {newest?.end?.verdict?.claims.map(({ mark, statement }) => (
          <li key={`${mark} ${statement}`} className="flex items-start gap-2 py-1">
            <Icon
              name={MARKS[mark].icon}
              label={MARKS[mark].word}
              className={`mt-[3px] size-3.5 flex-none ${MARKS[mark].look}`}
            />
            <span className="min-w-0 wrap-anywhere">{statement}</span>
          </li>
        ))}
      </ul>
      {older.map(({ said, end }) => (
        <p key={said.seq} className="py-0.5 text-ink-2">
          <span className="text-small text-ink-3">
            <Clock at={end?.at ?? said.at} />
          </span>{" "}
          <button type="button" className="cursor-pointer hover:underline" onClick={() => showExchange(said.seq)}>
            {claimsText(end?.verdict ?? null)}
          </button>
        </p>
      ))}
    </Part>
  );
}

function showExchange(seq: number): void {
  document.querySelector(`[data-exchange="${seq}"]`)?.scrollIntoView({ block: "start" });
}

function Files({ task, files: { files } }: { task: Task; files: TaskFiles }) {
  const { openFile } = useFilesHere();
  return (
    <Part title="Files" aside={`${exactCount(files.length)} changed`}>
      <ul>
        {files.slice(0, SHOWN_FILES).map((file) => (
          <li key={file.path}>
            <a
              className="-mx-2 flex min-h-7 min-w-0 items-center gap-2 rounded-control px-2 hover:bg-hover"
              href={viewAddress(task.tree_id, file.path, null)}
              title={withoutDisguise(file.path)}
              onClick={(event) => {
                if (!openFile || event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                openFile(file.path, null);
              }}
            >
              <Icon name="doc" className="size-3.5 flex-none text-ink-3" />
              <span className="min-w-0 flex-auto truncate">{withoutDisguise(file.path)}</span>
              {file.additions === null && file.deletions === null ? null : <Lines files={[file]} />}
            </a>
          </li>
        ))}
      </ul>
      {files.length > SHOWN_FILES ? (
        <p className="text-small text-ink-3">and {exactCount(files.length - SHOWN_FILES)} more, in the Files view</p>
      ) : null}
    </Part>
  );
}

function Details({ task, asked, openLog }: Pick<RailProps, "task" | "asked" | "openLog">) {
  return (
    <Part title="Details">
      <Facts isApart>
        <dt>State</dt>
        <dd>
          <StatusWord status={shownStatusOf(task, asked)} />
        </dd>
        <dt>Agent</dt>
        <dd className="wrap-anywhere">
          {task.agent}
          {isChosen(task) ? ", chosen by agent_selector" : null}
        </dd>
        <dt>Model</dt>
        <dd className="wrap-anywhere">{task.model.split("/").pop()}</dd>
        <dt>Spent</dt>
        <dd>{spentOfText(task.spent, task.grant.cost_usd)}</dd>
        <dt>Took</dt>
        <dd>
          <Elapsed since={task.started_at} until={task.ended_at} isNamed />
        </dd>
        <dt>Log</dt>
        <dd>
          <button type="button" className="link" onClick={openLog}>
            {plural(task.turns, "turn")}
          </button>
        </dd>
      </Facts>
    </Part>
  );
}
