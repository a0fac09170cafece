/** Makes a film of pictures, in a browser: it can record a canvas as WebM, so no further program is needed. */
import type { Browser } from "@playwright/test";
import { type Film, SIZE } from "./record";

const BAND = 56;
const PLACE = "http://film.invalid/";

/** Resolves with the film. It takes as long as the film lasts. */
export async function encode(browser: Browser, { frames, captions, lengthMs }: Film): Promise<Buffer> {
  const page = await browser.newPage();
  // The page gets each picture when it needs it, and nothing leaves this machine.
  await page.route(`${PLACE}**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === "") return route.fulfill({ contentType: "text/html", body: "<!doctype html><canvas></canvas>" });
    return route.fulfill({ contentType: "image/jpeg", body: frames[Number(name)]?.jpeg ?? Buffer.alloc(0) });
  });
  await page.goto(PLACE);
  const times = frames.map(({ atMs }) => atMs);
  const base64 = await page.evaluate(recordCanvas, { times, captions, lengthMs, size: SIZE, band: BAND });
  await page.close();
  return Buffer.from(base64, "base64");
}

interface Wanted extends Pick<Film, "captions" | "lengthMs"> {
  times: number[];
  size: { width: number; height: number };
  /** The height of the captions' band. */
  band: number;
}

/** Runs in the page. Plays the pictures at their times while the canvas is recorded. */
async function recordCanvas({ times, captions, lengthMs, size, band }: Wanted): Promise<string> {
  const canvas = document.querySelector("canvas");
  const context = canvas?.getContext("2d");
  if (!canvas || !context) throw new Error("This browser has no canvas.");
  canvas.width = size.width;
  canvas.height = size.height + band;
  const recorder = new MediaRecorder(canvas.captureStream(10), {
    mimeType: "video/webm;codecs=vp8",
    videoBitsPerSecond: 2_000_000,
  });
  const parts: Blob[] = [];
  let heardMs = 0;
  recorder.ondataavailable = ({ data }) => {
    parts.push(data);
    heardMs = performance.now();
  };
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  const picture = async (at: number) => createImageBitmap(await (await fetch(`/${at}`)).blob());
  const draw = (shown: ImageBitmap | undefined, nowMs: number) => {
    if (shown) context.drawImage(shown, 0, 0, size.width, size.height);
    context.fillStyle = "#14161a";
    context.fillRect(0, size.height, size.width, band);
    context.fillStyle = "#ffffff";
    context.font = "22px system-ui, sans-serif";
    context.textBaseline = "middle";
    const said = captions.find(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs);
    context.fillText(said?.text ?? "", 24, size.height + band / 2);
  };
  let at = 0;
  let shown = times.length > 0 ? await picture(0) : undefined;
  draw(shown, 0);
  recorder.start(1_000);
  const begunMs = performance.now();
  for (let nowMs = 0; nowMs < lengthMs; nowMs = performance.now() - begunMs) {
    const due = times.findLastIndex((time) => time <= nowMs);
    if (due > at) {
      at = due;
      shown = await picture(at);
    }
    draw(shown, nowMs);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // A busy machine encodes later than it draws, and a stop would drop what is left.
  heardMs = performance.now();
  while (performance.now() - heardMs < 4_000) await new Promise((resolve) => setTimeout(resolve, 500));
  recorder.stop();
  await stopped;
  const address = await new Promise<string>((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsDataURL(new Blob(parts));
  });
  return address.slice(address.indexOf(",") + 1);
}
