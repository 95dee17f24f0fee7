import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, inject, test } from "vitest";
import { clients } from "../clients.js";
import { expectError } from "../errors.js";

const { sts } = clients();
const settings = { endpoint: inject("endpoint"), region: "us-east-1", maxAttempts: 1, forcePathStyle: true };

test("GetCallerIdentity names the account of the key", async () => {
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: "000000000000", Arn: expect.stringMatching(/^arn:aws:iam::000000000000:/), UserId: expect.any(String) });
});

test("a session's keys work with their token and with no other", async () => {
  const { Credentials } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
  expect(Math.abs(Credentials!.Expiration!.getTime() - Date.now() - 900_000)).toBeLessThan(60_000);
  const credentials = { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken };
  expect((await new STSClient({ ...settings, credentials }).send(new GetCallerIdentityCommand({}))).Account).toBe("000000000000");
  expect((await new S3Client({ ...settings, credentials }).send(new ListBucketsCommand({}))).$metadata.httpStatusCode).toBe(200);
  await expectError(new S3Client({ ...settings, credentials: { ...credentials, sessionToken: undefined } }).send(new ListBucketsCommand({})), "InvalidAccessKeyId", 403);
  await expectError(new STSClient({ ...settings, credentials: { ...credentials, sessionToken: "wrong" } }).send(new GetCallerIdentityCommand({})), "InvalidClientTokenId", 403, "The security token included in the request is invalid.");
});

test("AssumeRole gives keys of the role", async () => {
  const assumed = await sts.send(new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/reader", RoleSessionName: "me" }));
  expect(assumed.AssumedRoleUser!.Arn).toBe("arn:aws:sts::000000000000:assumed-role/reader/me");
  const credentials = { accessKeyId: assumed.Credentials!.AccessKeyId!, secretAccessKey: assumed.Credentials!.SecretAccessKey!, sessionToken: assumed.Credentials!.SessionToken };
  const identity = await new STSClient({ ...settings, credentials }).send(new GetCallerIdentityCommand({}));
  expect([identity.Arn, identity.UserId]).toEqual(["arn:aws:sts::000000000000:assumed-role/reader/me", assumed.AssumedRoleUser!.AssumedRoleId]);
});

test("AssumeRole refuses what is no role, and sessions that are too short", async () => {
  await expectError(sts.send(new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:user/somebody", RoleSessionName: "me" })), "ValidationError", 400, /is invalid$/);
  await expectError(
    sts.send(new AssumeRoleCommand({ RoleArn: "arn:aws:iam::000000000000:role/reader", RoleSessionName: "me", DurationSeconds: 60 })), "ValidationError", 400,
    "1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
  );
});
