/** A wrong setting stops the start. The message has the setting's name, its value, and what is allowed. */
export class SettingError extends Error {
  override name = "SettingError";
}
