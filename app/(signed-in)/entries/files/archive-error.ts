/** An error whose message is for the person who chose the archive. */
export class ArchiveError extends Error {
  override name = "ArchiveError";
}
