import type { Film } from "./record";

/** Returns the film with no scene longer than `mostMs`: a longer one is shown faster, with all its pictures. A caption is a scene. */
export function shorten({ frames, captions, lengthMs }: Film, mostMs: number): Film {
  const scenes = captions.map(({ fromMs, toMs }) => ({ fromMs, toMs, speed: Math.max(1, (toMs - fromMs) / mostMs) }));
  const [first = 0, last = lengthMs] = [captions[0]?.fromMs, captions.at(-1)?.toMs];
  const shown = (ms: number) => {
    const inside = scenes.map(({ fromMs, toMs, speed }) => Math.max(0, Math.min(ms, toMs) - fromMs) / speed);
    const outside = Math.min(ms, first) + Math.max(0, ms - last);
    return Math.round(inside.reduce((sum, part) => sum + part, outside));
  };
  return {
    frames: frames.map(({ atMs, jpeg }) => ({ atMs: shown(atMs), jpeg })),
    captions: captions.map(({ fromMs, toMs, text }) => ({ fromMs: shown(fromMs), toMs: shown(toMs), text })),
    lengthMs: shown(lengthMs),
  };
}
