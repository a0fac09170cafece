/** Says what a decision risks, in one line. It says only what the host knows about an item. Pure. */
import type { Review } from "@/core/shapes/shapes";

type Risk = Review["risk"];
type Dangers = Review["dangers"];

const DANGER_SAYS: Readonly<Record<Dangers[number], string>> = {
  force_push: "it replaces what the remote has, and commits that only the remote has are lost",
  remote_delete: "it deletes on the remote",
  publish: "it publishes, and others may have it before you can take it back",
  discard: "it throws away changes that no commit or branch keeps",
  delete: "it deletes files",
  database: "it changes or removes data in a database",
  infrastructure: "it changes services that run",
  other_machine: "it works on another machine",
  downloaded_code: "it runs code from the network that nobody has read",
  privileges: "it uses or gives rights beyond its own",
  disk: "it writes to a disk directly",
  scheduled: "it lets something run later",
  push: "it sends commits to the remote",
  send: "it sends data to another machine",
  install: "it installs packages, and their code may run",
  end_processes: "it ends programs that run",
};
const SHOWN_DANGERS = 2;

interface Told extends Pick<Review, "kind" | "blast_radius" | "uncertainty" | "dangers"> {
  /** Of a proposal: it changes Banyan's own program. */
  isOfCode: boolean;
}

/** Returns the risk of deciding an item. Pages and the command line show it as it is. */
export function riskOf(review: Told): Risk {
  switch (review.kind) {
    case "question":
      return { level: "No", says: "your words go to the task that asks" };
    case "flag":
      return { level: "No", says: "it is a report, and nothing happens by your decision" };
    case "proposal":
      return review.isOfCode ? CODE_RISK : proposalRisk(review);
    case "change":
      return CODE_RISK;
    case "approval":
      return callRisk(review);
  }
}

const CODE_RISK: Risk = { level: "High", says: "it changes Banyan's own program; its release can be taken back" };

function proposalRisk({ blast_radius: radius }: Told): Risk {
  const level = radius >= 5 ? "High" : radius >= 3 ? "Medium" : "Low";
  const says =
    radius >= 5 ? "it reaches far, or has the hazards that are named" : "agents use it in trees that begin later";
  return { level, says: `${says}; the version before can be restored` };
}

/** The risk of what its commands do, or else of its level. */
function callRisk({ blast_radius: radius, uncertainty, dangers }: Told): Risk {
  const level = radius * uncertainty < 5 ? "Low" : radius * uncertainty < 16 ? "Medium" : "High";
  if (dangers.length > 0)
    return {
      level,
      says: dangers
        .slice(0, SHOWN_DANGERS)
        .map((danger) => DANGER_SAYS[danger])
        .join("; "),
    };
  if (radius <= 1) return { level, says: "it only reads" };
  if (radius === 2) return { level, says: "it writes in the task's folder" };
  return { level, says: radius === 3 ? "it reaches the network" : "it acts on this machine outside the task's folder" };
}
