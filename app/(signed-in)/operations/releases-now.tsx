import { Fragment } from "react";
import { CommandLine } from "@/components/ui/command-line";
import { Facts } from "@/components/ui/facts";
import { Clock } from "@/components/ui/time";
import { TimedText } from "@/components/ui/timed-text";
import type { ReleasesNow as Now } from "@/core/shapes/improving/self";
import { newsText, releaseFacts } from "@/core/words/releases-now";
import { withoutDisguise } from "@/core/words/visible";

/** Shows what serves, what is on trial, the limits, the ways back, and the latest events. */
export function ReleasesNow({ now }: { now: Now }) {
  const lately = [...now.journal].reverse();
  return (
    <div className="py-1.5" data-testid="releases-now">
      <Facts>
        {releaseFacts(now).map(({ name, text, command }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd className="min-w-0 wrap-anywhere">
              <TimedText text={withoutDisguise(text)} />
              {command ? (
                <CommandLine className="mt-1 wrap-anywhere whitespace-pre-wrap">
                  <code>{command}</code>
                </CommandLine>
              ) : null}
            </dd>
          </Fragment>
        ))}
      </Facts>
      {lately.length > 0 ? (
        <>
          <h3 className="mt-3">Lately</h3>
          <ul aria-label="What happened lately">
            {lately.map((news) => (
              <li className="flex flex-wrap gap-x-3 border-line border-b py-1.5" key={`${news.at} ${news.what}`}>
                <span className="w-28 flex-none text-ink-3">
                  <Clock at={news.at} />
                </span>
                <span className="min-w-0 flex-1 text-ink-2 wrap-anywhere">
                  <TimedText text={withoutDisguise(newsText(news))} />
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}
