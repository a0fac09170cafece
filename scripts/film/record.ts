/** Records what a page shows, as pictures with their times. */
import type { Page } from "@playwright/test";

export const SIZE = { width: 1280, height: 720 };

interface Caption {
  fromMs: number;
  toMs: number;
  text: string;
}

export interface Film {
  /** Each picture is shown from its time on, until the next one. */
  frames: { atMs: number; jpeg: Buffer }[];
  captions: Caption[];
  lengthMs: number;
}

interface Recording {
  /** The caption from now on. */
  say(text: string): void;
  end(): Promise<Film>;
}

/** The browser sends a picture when something on the page has changed, so nothing is lost and nothing is sent twice. */
export async function startRecording(page: Page): Promise<Recording> {
  const session = await page.context().newCDPSession(page);
  const begunMs = performance.now();
  const nowMs = () => Math.round(performance.now() - begunMs);
  const frames: Film["frames"] = [];
  const captions: Caption[] = [];
  const close = () => {
    const last = captions.at(-1);
    if (last) last.toMs = nowMs();
  };
  session.on("Page.screencastFrame", ({ data, sessionId }) => {
    frames.push({ atMs: nowMs(), jpeg: Buffer.from(data, "base64") });
    // After the last scene nobody waits for pictures any more.
    session.send("Page.screencastFrameAck", { sessionId }).catch(() => {});
  });
  await session.send("Page.startScreencast", {
    format: "jpeg",
    quality: 90,
    maxWidth: SIZE.width,
    maxHeight: SIZE.height,
  });
  return {
    say(text) {
      close();
      captions.push({ fromMs: nowMs(), toMs: nowMs(), text });
    },
    async end() {
      close();
      await session.send("Page.stopScreencast");
      return { frames, captions, lengthMs: nowMs() };
    },
  };
}
