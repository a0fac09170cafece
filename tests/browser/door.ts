/** Returns a gate that opens once, for all who wait. Scripted replies wait at one until a test goes on. */
export function door() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
