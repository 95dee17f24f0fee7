import { GetDatabasesCommand, GlueClient } from "@aws-sdk/client-glue";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, inject, test } from "vitest";
import { expectError } from "../errors.js";

const endpoint = inject("endpoint");
const settings = { endpoint, region: "us-east-1", maxAttempts: 1, forcePathStyle: true };
const wrongSecret = { accessKeyId: "test", secretAccessKey: "wrong" };
const nobody = { accessKeyId: "AKIANOBODY0000000000", secretAccessKey: "x" };

test("a wrong signature is refused in the words of each protocol", async () => {
  await expectError(new GlueClient({ ...settings, credentials: wrongSecret }).send(new GetDatabasesCommand({})), "InvalidSignatureException", 400, /^The request signature we calculated does not match the signature you provided\./);
  await expectError(new STSClient({ ...settings, credentials: wrongSecret }).send(new GetCallerIdentityCommand({})), "SignatureDoesNotMatch", 403, /^The request signature we calculated does not match the signature you provided\./);
  const error = await expectError(new S3Client({ ...settings, credentials: wrongSecret }).send(new ListBucketsCommand({})), "SignatureDoesNotMatch", 403, "The request signature we calculated does not match the signature you provided. Check your key and signing method.");
  expect([error.AWSAccessKeyId, error.StringToSign]).toEqual(["test", expect.stringMatching(/^AWS4-HMAC-SHA256\n/)]);
});

test("an unknown key is refused in the words of each protocol", async () => {
  await expectError(new GlueClient({ ...settings, credentials: nobody }).send(new GetDatabasesCommand({})), "UnrecognizedClientException", 400, /^The security token included in the request is invalid\./);
  await expectError(new STSClient({ ...settings, credentials: nobody }).send(new GetCallerIdentityCommand({})), "InvalidClientTokenId", 403, /^The security token included in the request is invalid\./);
  await expectError(new S3Client({ ...settings, credentials: nobody }).send(new ListBucketsCommand({})), "InvalidAccessKeyId", 403, /^The AWS Access Key Id you provided does not exist in our records\./);
});

test("a clock that is wrong by more than a quarter of an hour is refused", async () => {
  const late = { ...settings, credentials: { accessKeyId: "test", secretAccessKey: "test" }, systemClockOffset: -3_600_000 };
  await expectError(new S3Client(late).send(new ListBucketsCommand({})), "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large.");
  await expectError(new GlueClient(late).send(new GetDatabasesCommand({})), "InvalidSignatureException", 400, /^Signature expired: /);
});

/** A request that the client signs after its body and headers were changed. */
async function send(Client: typeof GlueClient, change: (request: any) => void) {
  const client = new Client({ ...settings, credentials: { accessKeyId: "test", secretAccessKey: "test" } });
  client.middlewareStack.add((next) => (args) => (change(args.request), next(args)), { step: "build", priority: "low" });
  return client.send(new GetDatabasesCommand({}));
}
const body = (text: string) => (request: any) => {
  request.body = text;
  request.headers["content-length"] = String(Buffer.byteLength(text));
};

test("an operation that the service does not have is unknown", async () => {
  await expectError(send(GlueClient, (request) => (request.headers["x-amz-target"] = "AWSGlue.NoSuchOperation")), "UnknownOperationException", 400);
});

test("a body that is not JSON cannot be read", async () => {
  for (const text of ["{", "not json", '{"MaxResults": 1} trailing', "[]"]) await expectError(send(GlueClient, body(text)), "SerializationException", 400);
});

test("a member of the wrong type cannot be read", async () => {
  await expectError(send(GlueClient, body('{"MaxResults":"many"}')), "SerializationException", 400, "STRING_VALUE can not be converted to an Integer");
  await expectError(send(GlueClient, body('{"NextToken":5}')), "SerializationException", 400, "NUMBER_VALUE can not be converted to a String");
});

test("members that the model does not have are passed over", async () => {
  const answer = await send(GlueClient, body('{"NoSuchMember":{"a":[1]},"MaxResults":1}'));
  expect(answer.$metadata.httpStatusCode).toBe(200);
});

test("requests without a signature are refused, as the service would", async () => {
  const glue = await fetch(endpoint, { method: "POST", headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSGlue.GetDatabases" }, body: "{}" });
  expect([glue.status, glue.headers.get("content-type"), await glue.json()]).toEqual([400, "application/x-amz-json-1.1", expect.objectContaining({ __type: "MissingAuthenticationTokenException" })]);
  const s3 = await fetch(`${endpoint}/some-bucket/key`);
  expect([s3.status, await s3.text()]).toEqual([403, expect.stringMatching(/<Error><Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/)]);
  const sts = await fetch(endpoint, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "Action=GetCallerIdentity&Version=2011-06-15" });
  expect([sts.status, await sts.text()]).toEqual([403, expect.stringContaining("<Code>MissingAuthenticationToken</Code>")]);
});

test("every answer has a request id", async () => {
  const s3 = await fetch(`${endpoint}/some-bucket/key`);
  expect(s3.headers.get("x-amz-request-id")).toMatch(/^\S+$/);
  const glue = await fetch(endpoint, { method: "POST", headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSGlue.GetDatabases" }, body: "{}" });
  expect(glue.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
});
