/** The settings of the environment from which AWS's own tools take credentials. */

export type AwsSettings = Readonly<Record<string, string | undefined>>;

/** The settings that are read, besides the region. */
export const CREDENTIAL_SETTINGS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_PROFILE",
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_EC2_METADATA_DISABLED",
] as const;

/** Whether the environment names credentials; a default profile and a machine's role are found without it. */
export function namesCredentials(settings: AwsSettings): boolean {
  return Boolean(
    (settings.AWS_ACCESS_KEY_ID && settings.AWS_SECRET_ACCESS_KEY) ||
      settings.AWS_PROFILE ||
      (settings.AWS_ROLE_ARN && settings.AWS_WEB_IDENTITY_TOKEN_FILE) ||
      settings.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI ||
      settings.AWS_CONTAINER_CREDENTIALS_FULL_URI,
  );
}
