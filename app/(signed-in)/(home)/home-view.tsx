"use client";

import { useMemo, useState } from "react";
import type { Choices } from "@/app/(signed-in)/(home)/composer/fields-props";
import { useServerStatus } from "@/components/feed/server-status";
import { type ListStart, type TreesAddress, useListFeed } from "@/components/feed/use-list-feed";
import { buttonLook } from "@/components/ui/button-look";
import { useHeld } from "@/components/ui/hooks/use-held";
import { useRowKeys } from "@/components/ui/hooks/use-row-keys";
import { lazily } from "@/components/ui/page/lazily";
import { Page, PageBar, PageBody } from "@/components/ui/page/page";
import { useRights } from "@/components/ui/rights";
import type { TreePlace } from "@/core/shapes/files";
import type { ListedProvider } from "@/core/shapes/installation/providers";
import type { ProviderState } from "@/core/shapes/operations";
import { SAMPLE_SUBMISSION } from "@/core/shapes/sample";
import type { Page as ListPage, Tree } from "@/core/shapes/shapes";
import type { FailedTask } from "@/core/shapes/trees";
import type { ChosenPlace } from "./composer/draft";
import { hasModel } from "./composer/models";
import { FINISHED_SHOWN, neededCount, OPEN_SHOWN, type Places, placesOf, samePlaces, unlistedCount } from "./home-rows";
import { HomeSentence } from "./home-sentence";
import { SpendCapsLine } from "./spend-caps-line";
import type { StopBy } from "./start/stop-box";
import { useFailedTasks } from "./use-failed-tasks";

/** Rare: most servers have a model. */
const NoModel = lazily(() => import("./no-model").then((file) => file.NoModel));

/** A page shows one of them, and loads only its code. The server renders it, so nobody waits for the code. */
const HomeBody = lazily(() => import("./home-body").then((file) => file.HomeBody));
const FirstRun = lazily(() => import("./first-run").then((file) => file.FirstRun));

interface HomeViewProps {
  start: ListStart;
  /** Where the trees work; a tree in a fresh folder has none. */
  places: readonly { id: string; place: TreePlace }[];
  /** Ids of failed trees that the user has not seen. */
  failures: string[];
  /** The newest failed tasks of open trees that a retry can repair. */
  failedTasks: ListPage<FailedTask>;
  /** More trees are open than the page loads. */
  isCut: boolean;
  /** More trees have ended than the page loads. */
  isEndedCut: boolean;
  /** More failed trees are not seen than the page loads. */
  isFailedCut: boolean;
  choices: Choices;
  providers: ProviderState[];
  /** The folder that the address chooses for a new task, as it stands there; "": none. */
  place: ChosenPlace;
  /** The user may add a provider's key. */
  mayConnect: boolean;
  /** The user may change the caps on money. */
  mayCap: boolean;
  keys: ListedProvider[];
  /** Ids of the runs of the sample, the newest first. Only read while no model is connected. */
  samples: readonly string[];
  /** The folder that the first form offers; "": none. */
  startFolder: string;
  stopBy: StopBy;
}

/** Lists to reload after a lost connection. */
const LISTS: readonly TreesAddress[] = [
  ...["open", "parked", "paused"].map((status): TreesAddress => `trees?status=${status}&limit=${OPEN_SHOWN}`),
  `trees?status=ended&sort=ended&limit=${FINISHED_SHOWN}`,
];

/** One column, in which a line is not too long to read. */
const COLUMN = "mx-auto w-full max-w-240";

export function HomeView(props: HomeViewProps) {
  const { start, failures, isCut, isFailedCut, choices, providers, mayConnect, mayCap, keys } = props;
  const { trees, reviews, mark } = useListFeed(start, LISTS);
  const status = useServerStatus();
  // Trees that end later are news. The server's times are compared, because the browser's clock may be wrong.
  const [since] = useState(() => start.trees.map((tree) => tree.ended_at ?? "").reduce(later, ""));
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [place] = useState(props.place);
  useRowKeys();
  const { items: failedTasks, next: moreFailedTasks } = useFailedTasks(props.failedTasks, mark);
  const mayRun = useRights().run === null;
  const { paused_schedules: schedules, stuck_forges: forges } = status;
  const { waiting_changes: changes, waiting_promotions: promotions, stopped_evolutions: evolutions } = status;
  const needing = { failures, failedTasks, schedules, forges, changes, promotions, evolutions };
  const known = { trees, reviews, ...needing, since, seen, mayRun };
  const newest = placesOf(known);
  const unlisted = mayRun ? unlistedCount(status) : 0;
  const needed = neededCount(status.openReviews, newest.needs, unlisted);
  const isNeededCut = isFailedCut || (mayRun && moreFailedTasks !== null);
  // Two holds, because a change above moves the lists below, but a change below moves nothing above.
  const above = useHeld(newest.needs, samePlaces);
  const below = useHeld(newest.lists, samePlaces);
  function showNewest(): void {
    above.release();
    below.release();
  }
  // A page that the person goes back to has the samples of the moment at which it was read.
  const [started, setStarted] = useState<readonly string[]>([]);
  const samples = [...started.filter((id) => !props.samples.includes(id)), ...props.samples];
  const places = useMemo(() => new Map(props.places.map(({ id, place }) => [id, place])), [props.places]);
  const isFirstRun = !hasModel(status) && isOnlySample(trees, samples);
  return (
    <Page>
      <PageBar
        className={`${COLUMN} items-baseline! border-b-0! pt-8! pb-0! phone:flex-wrap phone:gap-y-0 phone:pt-4!`}
      >
        <h1>Home</h1>
        <p className="min-w-0 flex-auto text-ink-2 phone:text-small">
          {isFirstRun ? null : (
            <HomeSentence
              status={status}
              needed={needed}
              isNeededCut={isNeededCut}
              running={newest.lists.running.length}
              isCut={isCut}
            />
          )}
        </p>
        {above.isBehind || below.isBehind ? (
          <button type="button" className={buttonLook("quiet")} onClick={showNewest}>
            Show updates
          </button>
        ) : null}
      </PageBar>
      <PageBody className={`${COLUMN} pt-3!`}>
        {/* The first page has a card for it. */}
        {hasModel(status) || isFirstRun ? null : <NoModel mayConnect={mayConnect} />}
        {isFirstRun ? (
          <>
            <FirstRun
              choices={choices}
              workspace={place.workspace}
              startFolder={props.startFolder}
              providers={keys}
              defaultModel={status.defaultModel}
              sample={samples[0] ?? null}
              isStarted={samples.length > 0 || trees.size > 0}
              stopBy={props.stopBy}
              onSample={(id) => setStarted((before) => [id, ...before])}
            />
            <SpendCapsLine caps={status.caps} mayChange={mayCap} />
          </>
        ) : (
          <HomeBody
            status={status}
            reviews={reviews}
            trees={trees}
            failedTasks={failedTasks}
            isCut={isCut}
            isEndedCut={props.isEndedCut}
            isNeededCut={isNeededCut}
            choices={choices}
            place={place}
            providers={providers}
            mayCap={mayCap}
            needed={needed}
            unlisted={unlisted}
            setSeen={setSeen}
            places={places}
            above={above}
            below={below}
            isIdle={isIdle(newest)}
          />
        )}
      </PageBody>
    </Page>
  );
}

/**
 * Whether no tree is a person's own. The feed may tell of a new sample before the answer to its submission does, so the one
 * tree that is not known yet counts as a sample by its title.
 */
function isOnlySample(trees: ReadonlyMap<string, Tree>, samples: readonly string[]): boolean {
  return [...trees.values()].every(({ id, title }) => samples.includes(id) || title === SAMPLE_SUBMISSION.task);
}

/** Whether nothing needs the person and nothing runs, so that they may want to begin something. */
function isIdle({ needs, lists: { finished: _, ...open } }: Places): boolean {
  return [...Object.values(needs), ...Object.values(open)].every((ids) => ids.length === 0);
}

const later = (one: string, other: string) => (one > other ? one : other);
