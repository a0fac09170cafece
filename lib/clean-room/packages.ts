/** Whether a path belongs to an installed package. */
export function isPackage(path: string): boolean {
  return /(^|\/)(node_modules|\.venv|venv|site-packages|bower_components|vendor\/bundle)(\/|$)/.test(path);
}
