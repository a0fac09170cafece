import type { Dispatch, SetStateAction } from "react";
import type { Choices } from "@/app/(signed-in)/(home)/composer/fields-props";
import type { useHeld } from "@/components/ui/hooks/use-held";
import type { TreePlace } from "@/core/shapes/files";
import type { ProviderState } from "@/core/shapes/operations";
import type { Review, Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import type { FailedTask } from "@/core/shapes/trees";
import { Composer } from "./composer/composer";
import type { ChosenPlace } from "./composer/draft";
import { HomeNeeds } from "./home-needs";
import { FINISHED_SHOWN, OPEN_SHOWN, type Places } from "./home-rows";
import { HomeSection } from "./home-section";
import { Now } from "./now";
import { SpendCapsLine } from "./spend-caps-line";

type HeldPlaces<Part extends keyof Places> = ReturnType<typeof useHeld<Places[Part]>>;

interface HomeBodyProps {
  status: ServerStatus;
  reviews: Review[];
  trees: ReadonlyMap<string, Tree>;
  failedTasks: readonly FailedTask[];
  isCut: boolean;
  isEndedCut: boolean;
  /** More need the person than the page has heard of. */
  isNeededCut: boolean;
  choices: Choices;
  /** The folder that the address chooses; "": none. */
  place: ChosenPlace;
  providers: ProviderState[];
  mayCap: boolean;
  /** How many items need the person now. */
  needed: number;
  /** How many of them the lists of the status leave out. */
  unlisted: number;
  /** Changes the ids of failed trees that were dismissed here. */
  setSeen: Dispatch<SetStateAction<ReadonlySet<string>>>;
  above: HeldPlaces<"needs">;
  below: HeldPlaces<"lists">;
  /** Where the trees work, by their ids. */
  places: ReadonlyMap<string, TreePlace>;
  /** Nothing needs the person, and nothing runs. */
  isIdle: boolean;
}

/** Home after its first tree: the form for a new task, what needs a person, the lists, and at the end the server. */
export function HomeBody(props: HomeBodyProps) {
  const { status, reviews, trees, failedTasks, isCut, choices, place, providers, mayCap, needed, unlisted, setSeen } =
    props;
  const { above, below, places, isIdle, isEndedCut, isNeededCut } = props;
  return (
    <>
      <Composer choices={choices} place={place} status={status} isIdle={isIdle} />
      <div className="mt-6 min-w-0" {...above.hold}>
        <HomeNeeds
          shown={above.shown}
          reviews={reviews}
          trees={trees}
          failedTasks={failedTasks}
          schedules={status.paused_schedules}
          forges={status.stuck_forges}
          changes={status.waiting_changes}
          promotions={status.waiting_promotions}
          evolutions={status.stopped_evolutions}
          open={status.openReviews}
          needed={needed}
          unlisted={unlisted}
          isCut={isNeededCut}
          setSeen={setSeen}
        />
        <div className="mt-6 first:mt-0" {...below.hold}>
          <HomeLists shown={below.shown} trees={trees} places={places} isCut={isCut} isEndedCut={isEndedCut} />
        </div>
      </div>
      <aside className="mt-6" aria-label="Server status">
        <Now status={status} providers={providers} />
        <SpendCapsLine caps={status.caps} mayChange={mayCap} />
      </aside>
    </>
  );
}

interface HomeListsProps {
  shown: Places["lists"];
  trees: ReadonlyMap<string, Tree>;
  places: ReadonlyMap<string, TreePlace>;
  /** More trees are open than this page has heard of. */
  isCut: boolean;
  /** More trees have ended than this page has heard of: some of those it knows may be shown as failures. */
  isEndedCut: boolean;
}

const ALL_OPEN = { word: "All open trees", href: "/trees?status=open" };

export function HomeLists({ shown, trees, places, isCut, isEndedCut }: HomeListsProps) {
  const rowsOf = (ids: string[]) => ids.map((id) => trees.get(id)).filter((tree) => tree !== undefined);
  const open = (ids: string[]) => ({
    trees: rowsOf(ids.slice(0, OPEN_SHOWN)),
    places,
    total: isCut ? null : ids.length,
  });
  const { length: finished } = shown.finished;
  return (
    <>
      <HomeSection title="Running" {...open(shown.running)} asking={isCut ? 0 : shown.asking.length} more={ALL_OPEN} />
      <HomeSection title="Paused" {...open(shown.paused)} more={ALL_OPEN} />
      <HomeSection
        title="Ended lately"
        trees={rowsOf(shown.finished)}
        places={places}
        total={finished < FINISHED_SHOWN && !isEndedCut ? finished : null}
        more={{ word: "All ended trees", href: "/trees?sort=ended" }}
      />
    </>
  );
}
