import { CREDENTIAL_SETTINGS, namesCredentials } from "../aws/settings";
import type { ModelProvider, ProviderAccess } from "../protocols/model-provider";
import { LABELS } from "./labels";

const DEFAULT_REGION = "us-east-1";

/** Amazon Bedrock: with a bearer token as its key, or with the credentials that AWS's own tools would use. */
export const bedrock: ModelProvider = {
  label: LABELS.bedrock,
  keySetting: "AWS_BEARER_TOKEN_BEDROCK",
  otherSettings: [...CREDENTIAL_SETTINGS, "AWS_REGION", "AWS_DEFAULT_REGION"],
  urlSetting: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
  urlForm: "a URL such as https://bedrock-runtime.eu-central-1.amazonaws.com, which also names the region",
  address: `https://bedrock-runtime.${DEFAULT_REGION}.amazonaws.com`,
  addressFor: (access) => `https://bedrock-runtime.${regionOf(access)}.amazonaws.com`,
  keyStart: null,
  // Which models there are depends on the region and on what the account may use.
  defaultModel: null,
  isFree: false,
  // A default profile and the role of a machine are looked for only when somebody wants a model of Bedrock's.
  missing: (access, isChosen) =>
    access.key || isGiven(access) || isChosen ? null : "There are no credentials for Amazon Bedrock.",
  isGiven,
  offersDefault: () => false,
  startHint: null,
  unknownModelHint: (model) =>
    /^[a-z-]+\./.test(model)
      ? "Choose a model that the account may use in this region; most need a profile's name, such as us.anthropic.…"
      : "Write the model's id as Amazon Bedrock shows it, such as us.anthropic.claude-….",
  list: {
    address: (base) => `${controlPlane(base)}/inference-profiles?maxResults=1000`,
    // Models that a region offers without an inference profile.
    further: (base) => [`${controlPlane(base)}/foundation-models?byInferenceType=ON_DEMAND&byOutputModality=TEXT`],
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    async sign(url, access) {
      const { AwsV4Signer } = await import("aws4fetch");
      const { accessKeyId, secretAccessKey, sessionToken } = await (await credentialsOf(access)).find();
      const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
      const signer = new AwsV4Signer({ ...keys, url: url.href, service: "bedrock", region: regionOf(access) });
      return Object.fromEntries((await signer.sign()).headers);
    },
    // Profiles of an account, provisioned and imported models.
    isUnlisted: (id) => id.startsWith("arn:"),
    entries(body) {
      const { inferenceProfileSummaries, modelSummaries } = body as {
        inferenceProfileSummaries?: { inferenceProfileId?: unknown }[];
        modelSummaries?: { modelId?: unknown }[];
      };
      if (!inferenceProfileSummaries) return modelSummaries?.map((model) => ({ id: model.modelId }));
      return inferenceProfileSummaries.map((profile) => ({ id: profile.inferenceProfileId }));
    },
    isForTasks: (id) => !/embed|image|canvas|reel|sonic|rerank|stable-|upscale/.test(id),
  },
  async connect(access) {
    const { bedrockModels } = await import("../protocols/bedrock-converse");
    return bedrockModels({
      provider: bedrock,
      apiKey: access.key,
      credentials: await credentialsOf(access),
      region: regionOf(access),
      baseUrl: access.baseUrl ?? `https://bedrock-runtime.${regionOf(access)}.amazonaws.com`,
    });
  },
};

function isGiven({ settings }: ProviderAccess): boolean {
  return namesCredentials(settings ?? {});
}

async function credentialsOf(access: ProviderAccess) {
  const { createAwsCredentials } = await import("../aws/credentials");
  return createAwsCredentials({ settings: access.settings ?? {}, region: regionOf(access), now: Date.now });
}

/** Returns the address of the service that lists models, beside the one that runs them. */
function controlPlane(base: string): string {
  return base.replace("://bedrock-runtime", "://bedrock");
}

/** The region of the address, else of the environment. */
function regionOf({ baseUrl = "", settings = {} }: ProviderAccess): string {
  const named = /bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(baseUrl)?.[1];
  return named ?? settings.AWS_REGION ?? settings.AWS_DEFAULT_REGION ?? DEFAULT_REGION;
}
