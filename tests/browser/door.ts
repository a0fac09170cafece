/** Returns a gate that opens once, for all who wait. Scripted replies wait there until the test continues. */
export function door() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
