/**
 * Runs before the code of a page: a button that is pressed before its code is there works as soon as it is. Links, `summary`
 * and typed text work without code.
 *
 * Only the last press counts, and it is repeated once: somebody who sees nothing happen presses again, and one decision must
 * not be made twice. It is dropped when the button is gone, reads otherwise by then, or may not be pressed.
 */
(() => {
  /** Longer than this, and nobody expects it any more. */
  const LONGEST_MS = 15_000;
  /** The button of the last press, what it said, when it was pressed, and whether it sends a form. */
  let last = null;

  // React marks the elements that it has taken over with their props.
  const isAlive = (element) => Object.keys(element).some((key) => key.startsWith("__reactProps$"));

  function repeat() {
    if (!last) return;
    const { button, words, atMs, submits } = last;
    const isSame = button.isConnected && button.textContent === words;
    if (!isSame || Date.now() - atMs > LONGEST_MS) last = null;
    else if (!isAlive(button)) requestAnimationFrame(repeat);
    else {
      last = null;
      // Two frames later the page has drawn what its effects found, such as typed text.
      requestAnimationFrame(() => requestAnimationFrame(() => press(button, submits)));
    }
  }

  function press(button, submits) {
    if (!button.isConnected || button.disabled || button.ariaDisabled === "true") return;
    if (submits) button.form?.requestSubmit(button);
    else button.click();
  }

  addEventListener(
    "click",
    (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (!event.isTrusted || !button || button.ariaDisabled === "true" || isAlive(button)) return;
      const { form } = button;
      // A form without an address is sent by code. The browser would load the page again and lose what was typed.
      const submits = button.type === "submit" && form !== null && !form.hasAttribute("action");
      if (submits) event.preventDefault();
      const isWaiting = last !== null;
      last = { button, words: button.textContent, atMs: Date.now(), submits };
      // React may take the button over during this event, and then handles the press itself.
      setTimeout(() => {
        if (!submits && last?.button === button && isAlive(button)) last = null;
      });
      if (!isWaiting) requestAnimationFrame(repeat);
    },
    true,
  );
})();
