/**
 * Why somebody stops waiting for a call, and leaves it running: the next process of the server asks for its outcome. A
 * program on the server's own machine ends all the same, because it does not outlive the server.
 */
export class LeftRunning extends Error {
  override name = "LeftRunning";
}
