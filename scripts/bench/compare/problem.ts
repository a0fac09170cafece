/** Why two versions cannot be compared. The message is one sentence for the person who asked. */
export class CompareProblem extends Error {
  override name = "CompareProblem";
}

/** A signal has ended the comparison. `status` is the exit status of a program that this signal ends. */
export class Stopped extends Error {
  override name = "Stopped";

  constructor(readonly status: number) {
    super("Stopped.");
  }
}
