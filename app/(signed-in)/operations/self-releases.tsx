import Link from "next/link";
import { StatusWord } from "@/components/ui/status";
import { TimedText } from "@/components/ui/timed-text";
import type { AgentsRelease, ReleasesStatus } from "@/core/shapes/improving/self";
import { releaseState, releaseStatus, releaseWords } from "@/core/words/releases";
import { withoutDisguise } from "@/core/words/visible";

const SHOWN = 5;

/** The state of the newest approved changes, the newest first. */
export function SelfReleases({ status: { halted, notice, releases } }: { status: ReleasesStatus }) {
  const shown = releases.slice(-SHOWN).reverse();
  return (
    <>
      {notice ? <p className="border-b border-line py-1.5 text-fail wrap-anywhere">{notice}</p> : null}
      {halted ? <p className="border-b border-line py-1.5 text-fail wrap-anywhere">{halted}</p> : null}
      {shown.length > 0 ? (
        <ul aria-label="Releases by agents">
          {shown.map((release) => (
            <Row key={release.n} release={release} />
          ))}
        </ul>
      ) : null}
    </>
  );
}

function Row({ release }: { release: AgentsRelease }) {
  return (
    <li className="flex min-h-control flex-wrap items-center gap-x-3 gap-y-1 border-b border-line py-1.5">
      <span className="w-28 flex-none">
        <StatusWord status={releaseStatus(release)}>{releaseState(release)}</StatusWord>
      </span>
      <span className="min-w-0 flex-1 text-ink-2 wrap-anywhere">
        {release.title ? <b className="block font-medium text-ink">{withoutDisguise(release.title)}</b> : null}
        <TimedText text={releaseWords(release)} />
        {release.about ? <span className="block">Why: {withoutDisguise(release.about)}</span> : null}
        {release.approved_by ? (
          <span className="block">Approved by {withoutDisguise(release.approved_by)}.</span>
        ) : null}
      </span>
      <Link className="link" href={`/review?item=${release.item}`}>
        Review item<span className="sr-only"> of release {release.n}</span>
      </Link>
    </li>
  );
}
