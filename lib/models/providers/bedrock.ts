import type { ModelProvider, ProviderAccess } from "../protocols/model-provider";
import { LABELS } from "./labels";

const DEFAULT_REGION = "us-east-1";

/** Amazon Bedrock: with a bearer token as its key, or with AWS's usual credentials from the environment. */
export const bedrock: ModelProvider = {
  label: LABELS.bedrock,
  keySetting: "AWS_BEARER_TOKEN_BEDROCK",
  otherSettings: [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
  ],
  urlSetting: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
  urlForm: "a URL such as https://bedrock-runtime.eu-central-1.amazonaws.com, which also names the region",
  address: `https://bedrock-runtime.${DEFAULT_REGION}.amazonaws.com`,
  addressFor: (access) => `https://bedrock-runtime.${regionOf(access)}.amazonaws.com`,
  keyStart: null,
  // Which models there are depends on the region and on what the account may use.
  defaultModel: null,
  isFree: false,
  missing: (access) => (access.key || hasAccessKey(access) ? null : "There are no credentials for Amazon Bedrock."),
  isGiven: hasAccessKey,
  offersDefault: () => false,
  startHint: null,
  unknownModelHint: (model) =>
    /^[a-z-]+\./.test(model)
      ? "Choose a model that the account may use in this region; most need a profile's name, such as us.anthropic.…"
      : "Write the model's id as Amazon Bedrock shows it, such as us.anthropic.claude-….",
  list: {
    // Models that a region offers without an inference profile are in another list.
    isPartial: true,
    address: (base) => `${base.replace("://bedrock-runtime.", "://bedrock.")}/inference-profiles?maxResults=1000`,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    withoutKey: "Amazon Bedrock lists its models only for a bearer token. An access key is checked at the first call.",
    entries(body) {
      const { inferenceProfileSummaries: all } = body as {
        inferenceProfileSummaries?: { inferenceProfileId?: unknown }[];
      };
      return all?.map((one) => ({ id: one.inferenceProfileId }));
    },
    isForTasks: (id) => !/embed|image|canvas|reel|sonic|rerank|stable-|upscale/.test(id),
  },
  async connect(access) {
    const { bedrockModels } = await import("../protocols/bedrock-converse");
    const { settings = {} } = access;
    return bedrockModels({
      provider: bedrock,
      apiKey: access.key,
      accessKeyId: settings.AWS_ACCESS_KEY_ID,
      secretAccessKey: settings.AWS_SECRET_ACCESS_KEY,
      sessionToken: settings.AWS_SESSION_TOKEN,
      region: regionOf(access),
      baseUrl: access.baseUrl ?? `https://bedrock-runtime.${regionOf(access)}.amazonaws.com`,
    });
  },
};

function hasAccessKey({ settings }: ProviderAccess): boolean {
  return Boolean(settings?.AWS_ACCESS_KEY_ID && settings.AWS_SECRET_ACCESS_KEY);
}

/** The region of the address, else of the environment. */
function regionOf({ baseUrl = "", settings = {} }: ProviderAccess): string {
  const named = /bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(baseUrl)?.[1];
  return named ?? settings.AWS_REGION ?? settings.AWS_DEFAULT_REGION ?? DEFAULT_REGION;
}
