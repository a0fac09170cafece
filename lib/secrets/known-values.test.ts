import { expect, test } from "vitest";
import { knownValuesOf } from "./known-values";

test("keys of the environment are known; regions, paths and words are not", () => {
  const env = {
    ANTHROPIC_API_KEY: "test-key",
    SYSTEM_SECRET_KEY: "secretsecretsecretsecretsecretsecret",
    AWS_SECRET_ACCESS_KEY: "/abcdefghijklm",
    BANYAN_BACKUP_S3_SECRET: "/nopqrstuvwxyz",
    AWS_REGION: "eu-central-1",
    AWS_PROFILE: "production1",
    GITHUB_TOKEN: "ghp_012345",
    NODE_SECRET: "development",
    SSH_KEY: "/home/ann/.ssh/id_1",
    EMPTY_TOKEN: "",
    PATH: "/usr/bin1",
  };
  expect(knownValuesOf(env).map(({ name }) => name)).toEqual([
    "anthropic_api_key",
    "system_secret_key",
    "aws_secret_access_key",
    "banyan_backup_s3_secret",
    "github_token",
  ]);
});
