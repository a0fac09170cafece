/** Searches the open page for focus rings and texts that are cut off, and for texts that collide. */
import type { Page } from "@playwright/test";

/** How many stops are checked from each end of a page. In a longer page, the stops between them are rows like these. */
const MOST_STOPS = 45;

/** The modifier's bit in a key event of the browser. */
const SHIFT = 8;

/** Returns each element whose ring is cut when a person tabs to it from either end of the page. */
export async function cutRings(page: Page): Promise<string[]> {
  await page.evaluate(installRings);
  const faults = new Set<string>();
  for (const way of ["Tab", "Shift+Tab"] as const) {
    const { stops, isWhole } = await tabQuickly(page, way);
    if (stops === 0) faults.add(`${way} stops nowhere`);
    if (isWhole) continue;
    for (const fault of await tabSlowly(page, way)) faults.add(fault);
  }
  return [...faults];
}

type Way = "Tab" | "Shift+Tab";

/** Sends all keys at once, and the page looks at each stop itself: two round trips for each stop would take most of the time. */
async function tabQuickly(page: Page, way: Way): Promise<Walked> {
  await page.evaluate((isBack) => (window as RingWindow).beginRings?.(isBack), way === "Shift+Tab");
  const keyboard = await page.context().newCDPSession(page);
  const tab = { key: "Tab", code: "Tab", windowsVirtualKeyCode: 9, modifiers: way === "Shift+Tab" ? SHIFT : 0 };
  const sent = Array.from({ length: MOST_STOPS }, () => [
    keyboard.send("Input.dispatchKeyEvent", { ...tab, type: "rawKeyDown" }),
    keyboard.send("Input.dispatchKeyEvent", { ...tab, type: "keyUp" }),
  ]);
  await Promise.all(sent.flat());
  await keyboard.detach();
  return page.evaluate(() => (window as RingWindow).endRings?.() ?? { stops: 0, isWhole: true });
}

/** Waits at each stop with a fault until the page has had time to scroll. */
async function tabSlowly(page: Page, way: Way): Promise<string[]> {
  const faults: string[] = [];
  await page.evaluate((isBack) => (window as RingWindow).beginRings?.(isBack), way === "Shift+Tab");
  const look = () => page.evaluate(() => (window as RingWindow).ringFault?.());
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press(way);
    const fault = await look();
    if (fault === null || fault === undefined) break;
    if (!fault) continue;
    // The page reacts with a frame.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const stays = await look();
    if (stays) faults.push(stays);
  }
  await page.evaluate(() => (window as RingWindow).endRings?.());
  return faults;
}

interface Walked {
  stops: number;
  /** Whether each ring was whole as soon as the focus was there. */
  isWhole: boolean;
}

type RingWindow = typeof globalThis & {
  ringFault?: () => string | null;
  /** Goes to an end of the page, and checks each stop from now on. */
  beginRings?: (isBack: boolean) => void;
  endRings?: () => Walked;
};

interface Sides {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Runs in the page. Installs `ringFault`: null at the end, an empty string for a whole ring, else the fault. */
function installRings(): void {
  const seen = new Set<Element>();
  let last: Element | null = null;
  /** Half a pixel is a rounding error. */
  const TOLERANCE = 0.6;

  /** How far the ring reaches beyond the box; null without a ring. */
  function ringOf(element: Element): number | null {
    const { outlineStyle, outlineWidth, outlineOffset, boxShadow } = getComputedStyle(element);
    const reaches: number[] = [];
    if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0)
      reaches.push(Number.parseFloat(outlineWidth) + Number.parseFloat(outlineOffset));
    for (const shadow of boxShadow.split(/,(?![^(]*\))/)) {
      const lengths = [...shadow.replace(/\w+\([^)]*\)/g, "").matchAll(/(-?[\d.]+)px/g)].map((one) => Number(one[1]));
      const [x, y, blur, spread = 0] = lengths;
      if (x === 0 && y === 0 && blur === 0 && spread > 0 && !shadow.includes("inset")) reaches.push(spread);
    }
    return reaches.length > 0 ? Math.max(0, ...reaches) : null;
  }

  /** The element with the ring: the focused element, its label, or its container. */
  function bearerOf(focused: Element): Element | null {
    const label = focused instanceof HTMLInputElement ? [...(focused.labels ?? [])] : [];
    const around: Element[] = [];
    for (let at = focused.parentElement; at && around.length < 6; at = at.parentElement) around.push(at);
    const near = [focused, ...(focused.nextElementSibling ? [focused.nextElementSibling] : []), ...label, ...around];
    return near.find((element) => ringOf(element) !== null) ?? null;
  }

  const nameOf = (element: Element) => {
    const { width, height } = element.getBoundingClientRect();
    const text = (element.getAttribute("aria-label") ?? element.textContent ?? "").replace(/\s+/g, " ").slice(0, 40);
    const classes = (element.getAttribute("class") ?? "").slice(0, 70);
    return `<${element.localName}> “${text}” .${classes} ${Math.round(width)}x${Math.round(height)}`;
  };

  function clips(element: Element): { x: boolean; y: boolean; scrollsX: boolean; scrollsY: boolean } {
    const { overflowX, overflowY, contain, contentVisibility } = getComputedStyle(element);
    const paints = /paint|strict|content/.test(contain) || contentVisibility === "auto";
    const scrolls = (overflow: string) => overflow === "auto" || overflow === "scroll";
    return {
      x: paints || overflowX !== "visible",
      y: paints || overflowY !== "visible",
      scrollsX: scrolls(overflowX),
      scrollsY: scrolls(overflowY),
    };
  }

  /** Returns the sides of the ring that the box cuts. A ring longer than a box that scrolls cannot be seen as a whole. */
  function cut(
    ring: Sides,
    box: Sides,
    along: { x: boolean; y: boolean; scrollsX: boolean; scrollsY: boolean },
  ): string[] {
    const checksX = along.x && !(along.scrollsX && ring.right - ring.left > box.right - box.left);
    const checksY = along.y && !(along.scrollsY && ring.bottom - ring.top > box.bottom - box.top);
    const over = {
      left: checksX ? box.left - ring.left : 0,
      right: checksX ? ring.right - box.right : 0,
      top: checksY ? box.top - ring.top : 0,
      bottom: checksY ? ring.bottom - box.bottom : 0,
    };
    return Object.entries(over).flatMap(([side, by]) => (by > TOLERANCE ? [`${side} by ${by.toFixed(1)}`] : []));
  }

  function ringFault(): string | null {
    const focused = document.activeElement;
    if (!focused || focused === document.body || (focused !== last && seen.has(focused))) return null;
    seen.add(focused);
    last = focused;
    const bearer = bearerOf(focused);
    if (!bearer) return "";
    const reach = ringOf(bearer) ?? 0;
    const { left, top, right, bottom } = bearer.getBoundingClientRect();
    const ring = { left: left - reach, top: top - reach, right: right + reach, bottom: bottom + reach };
    let { position } = getComputedStyle(bearer);
    let isTop = bearer.matches(":modal, :popover-open");
    for (let at = bearer.parentElement; at && at !== document.documentElement && !isTop; at = at.parentElement) {
      const style = getComputedStyle(at);
      const holds = style.transform !== "none" || /paint|strict|content|layout/.test(style.contain);
      if (position === "fixed" && !holds) continue;
      if (position === "absolute" && style.position === "static" && !holds) continue;
      position = style.position;
      isTop = at.matches(":modal, :popover-open");
      const along = clips(at);
      // Clipping by the body is clipping by the window.
      if (at === document.body || !(along.x || along.y)) continue;
      const outer = at.getBoundingClientRect();
      const box = {
        left: outer.left + at.clientLeft,
        top: outer.top + at.clientTop,
        right: outer.left + at.clientLeft + at.clientWidth,
        bottom: outer.top + at.clientTop + at.clientHeight,
      };
      // A box that clips, and does not scroll, may leave room around it.
      const clipping = getComputedStyle(at);
      const room =
        along.scrollsX || /hidden/.test(clipping.overflowX) ? 0 : Number.parseFloat(clipping.overflowClipMargin) || 0;
      const roomy = { left: box.left - room, top: box.top - room, right: box.right + room, bottom: box.bottom + room };
      const sides = cut(ring, roomy, along);
      if (sides.length > 0) return `${sides.join(", ")}: ${nameOf(bearer)} in ${nameOf(at)}`;
      // Outside a box that scrolls, only the part that it shows can be cut.
      ring.left = Math.max(ring.left, roomy.left);
      ring.right = Math.min(ring.right, roomy.right);
      ring.top = Math.max(ring.top, roomy.top);
      ring.bottom = Math.min(ring.bottom, roomy.bottom);
    }
    // The browser scrolls to a field, not to the frame around it; in a text area to its caret, in a date to one of its parts.
    if (bearer !== focused || focused.matches("textarea, input[type=date]")) return "";
    const view = { left: 0, top: 0, right: document.documentElement.clientWidth, bottom: window.innerHeight };
    const sides = cut(ring, view, { x: true, y: true, scrollsX: true, scrollsY: true });
    return sides.length > 0 ? `${sides.join(", ")}: ${nameOf(bearer)} in the window` : "";
  }
  /** A person tabs from it into the page. */
  const start = document.createElement("span");
  start.tabIndex = -1;
  start.style.position = "fixed";
  let walked = { stops: 0, isWhole: true };
  let hasEnded = false;
  const lookAtStop = () => {
    const fault = hasEnded ? null : ringFault();
    if (fault === null) {
      hasEnded = true;
      return;
    }
    walked = { stops: walked.stops + 1, isWhole: walked.isWhole && !fault };
  };
  const beginRings = (isBack: boolean) => {
    seen.clear();
    last = null;
    walked = { stops: 0, isWhole: true };
    hasEnded = false;
    document.body[isBack ? "append" : "prepend"](start);
    start.focus({ preventScroll: true });
    addEventListener("keyup", lookAtStop, true);
  };
  const endRings = () => {
    removeEventListener("keyup", lookAtStop, true);
    start.remove();
    return walked;
  };
  Object.assign(window, { ringFault, beginRings, endRings });
}

/** Returns pairs of texts that lie over each other, and texts that are cut without an ellipsis. */
export async function textFaults(page: Page): Promise<string[]> {
  return page.evaluate(lookAtTexts);
}

/** Runs in the page. */
function lookAtTexts(): string[] {
  /** Tolerance, because boxes of letters are higher than their line, so lines touch. */
  const [ACROSS, DOWN] = [2, 5];

  interface Text {
    words: string;
    parent: Element;
    node: Node;
    box: Sides;
  }

  /** Returns the part of the box that its ancestors show, and whether one of them cuts it without an ellipsis or a scroll bar. */
  function shownPart(parent: Element, whole: DOMRect): { box: Sides; isCut: string } | null {
    const box = { left: whole.left, top: whole.top, right: whole.right, bottom: whole.bottom };
    let isCut = "";
    let hasSign = false;
    let position = "";
    for (let at: Element | null = parent; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (position === "fixed" || (position === "absolute" && style.position === "static")) continue;
      position = style.position;
      hasSign ||= style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none" || style.maskImage !== "none";
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const outer = at.getBoundingClientRect();
      const [left, top] = [outer.left + at.clientLeft, outer.top + at.clientTop];
      const [right, bottom] = [left + at.clientWidth, top + at.clientHeight];
      const over = Math.max(box.right - right, left - box.left);
      if (over > ACROSS && /hidden|clip/.test(style.overflowX) && !hasSign && bottom - top > 1)
        isCut ||= `${Math.round(over)} px at a side`;
      const below = Math.max(box.bottom - bottom, top - box.top);
      if (
        below > DOWN &&
        below < box.bottom - box.top &&
        /hidden|clip/.test(style.overflowY) &&
        !hasSign &&
        right - left > 1
      )
        isCut ||= `${Math.round(below)} px above or below`;
      box.left = Math.max(box.left, left);
      box.right = Math.min(box.right, right);
      box.top = Math.max(box.top, top);
      box.bottom = Math.min(box.bottom, bottom);
      if (box.right - box.left < 2 || box.bottom - box.top < 2)
        return isCut && right - left > 2 ? { box, isCut } : null;
    }
    return { box, isCut };
  }

  const texts: Text[] = [];
  const faults: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const words = (node.textContent ?? "").replace(/\s+/g, " ").trim();
    if (!parent || !words || !parent.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    // An element that floats over the page is meant to cover it.
    if (parent.closest("[data-notices], dialog, [role=dialog], [role=menu], .cm-editor")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      const shown = shownPart(parent, rect);
      if (!shown) continue;
      const where = `${parent.localName}.${(parent.getAttribute("class") ?? "").slice(0, 60)}`;
      if (shown.isCut) faults.push(`cut by ${shown.isCut}: “${words.slice(0, 50)}” ${where}`);
      else texts.push({ words: words.slice(0, 40), parent, node, box: shown.box });
    }
  }
  const isOnTop = ({ parent, box }: Text) => {
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    return top !== null && (parent.contains(top) || top.contains(parent));
  };
  texts.sort((one, other) => one.box.top - other.box.top);
  texts.forEach((one, index) => {
    for (let at = index + 1; at < texts.length; at += 1) {
      const other = texts[at];
      if (!other || other.box.top > one.box.bottom - DOWN) break;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      // A text with an ellipsis has a box of its whole line, and a box of the visible rest.
      if (one.node !== other.node && across > ACROSS && down > DOWN && isOnTop(one) && isOnTop(other))
        faults.push(`“${one.words}” and “${other.words}” overlap by ${Math.round(across)} x ${Math.round(down)}`);
    }
  });
  return [...new Set(faults)];
}
