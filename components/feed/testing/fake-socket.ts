import type { liveSocket } from "../socket";

type LiveSocket = ReturnType<typeof liveSocket>;

/** Returns a socket whose server is the test: what was sent, and `hear` for an event that arrives. */
export function fakeSocket(isConnected: boolean) {
  const sent: unknown[][] = [];
  const listeners = new Map<string, (...args: unknown[]) => void>();
  const socket = {
    connected: isConnected,
    emit: (...message: unknown[]) => sent.push(message),
    on(event: string, listener: (...args: unknown[]) => void) {
      listeners.set(event, listener);
      return socket;
    },
    off(event: string) {
      listeners.delete(event);
      return socket;
    },
  };
  const hear = (event: string, ...args: unknown[]) => listeners.get(event)?.(...args);
  return { socket: socket as unknown as LiveSocket, sent, hear };
}
