/**
 * The two sides of a server tell each other what the database cannot tell at once: commits, what tasks do now, and what
 * only one process knows. Everything that must not be lost is in the database; polls find what was not reported.
 */
import type { Socket } from "node:net";
import type { Runtime } from "@/agents/boot/runtime-parts";
import type { SideName } from "@/lib/process/side";
import { type CommitsLine, type FromPages, type FromWorker, heardCommit, type WorkerState } from "./lines";
import { type Link, linkOver } from "./link";
import { createActivityTeller } from "./tell-activities";
import { createCommitTeller } from "./tell-commits";

const STATE_MS = 1_000;

type Parts = Pick<Runtime, "store" | "live" | "signs" | "servers">;

/** Returns the function that talks with the other side over a socket, from now on instead of the one before. */
export function connectPeer(runtime: Parts, side: SideName): (socket: Socket) => void {
  let close = () => {};
  const talk = side === "worker" ? workerTalks(runtime) : pagesTalk(runtime);
  return (socket) => {
    close();
    close = talk(socket);
  };
}

/** What both sides do. Returns the function that ends the talk. */
function talkOver<Told extends CommitsLine, Heard extends CommitsLine>(
  { store, live }: Parts,
  link: Link<Told, Heard>,
  own: { hear(line: Heard): void; free(): void; end(): void },
): () => void {
  const teller = createCommitTeller(link as Link<CommitsLine, Heard>);
  const unsubscribe = store.log.onCommit((commits, from) => {
    if (from === "here") teller.tell(commits);
  });
  const missed = () => {
    live.pollNow();
    store.log.poke();
  };
  const end = () => {
    unsubscribe();
    teller.stop();
    own.end();
  };
  link.open({
    hear(line) {
      if (line.commits) store.log.hear(line.commits.map(heardCommit));
      if (line.missed) missed();
      own.hear(line);
    },
    free() {
      teller.flush();
      own.free();
    },
    end,
  });
  // Commits between the end of the last socket and now were not told.
  missed();
  return () => link.close();
}

function workerTalks(runtime: Parts): (socket: Socket) => () => void {
  const { store, live, signs, servers } = runtime;
  const stateNow = (): WorkerState => ({
    fault: store.log.trouble() ?? store.workers.fault(),
    commits: store.log.commits(),
    signs: signs.known(),
  });
  return (socket) => {
    const link = linkOver<FromWorker, FromPages>(socket);
    const activities = createActivityTeller(live.activities, link);
    let told = "";
    const tellState = () => {
      const state = stateNow();
      const text = JSON.stringify(state);
      if (text === told || !link.isFree()) return;
      told = text;
      link.send({ state });
    };
    const timer = setInterval(tellState, STATE_MS);
    timer.unref();
    const close = talkOver<FromWorker, FromPages>(runtime, link, {
      hear({ watch, closeServer }) {
        if (watch) activities.watch(watch);
        if (closeServer !== undefined) void servers.closeServer(closeServer);
      },
      free: activities.flush,
      end() {
        clearInterval(timer);
        activities.stop();
      },
    });
    tellState();
    return close;
  };
}

function pagesTalk(runtime: Parts): (socket: Socket) => () => void {
  const { store, live, signs, servers } = runtime;
  let link: Link<FromPages, FromWorker> | null = null;
  let isToldWatched = true;
  const tellWatched = () => {
    isToldWatched = link?.isFree() === true;
    if (isToldWatched) link?.send({ watch: live.activities.watched() });
  };
  live.activities.onWatched(tellWatched);
  servers.onClosed((closeServer) => link?.send({ closeServer }));
  return (socket) => {
    const own = linkOver<FromPages, FromWorker>(socket);
    link = own;
    // Nobody knows how the activities of the previous process continued.
    live.activities.dropAll();
    const close = talkOver<FromPages, FromWorker>(runtime, own, {
      hear({ shown = [], state }) {
        for (const { treeId, taskId, activity, lost } of shown) {
          if (activity === null || lost !== undefined) live.activities.drop(treeId, taskId, lost);
          if (activity) live.activities.put(treeId, activity);
        }
        if (!state) return;
        store.workers.noteFault(state.fault);
        store.log.notePeerCommits(state.commits);
        signs.hear(state.signs);
      },
      free() {
        if (!isToldWatched) tellWatched();
      },
      end() {
        if (link !== own) return;
        link = null;
        live.activities.dropAll();
        // Once the process has started again it reports itself; until then its missing signs of life show the fault.
        store.workers.noteFault(null);
      },
    });
    tellWatched();
    return close;
  };
}
