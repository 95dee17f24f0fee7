import {
  CreateBucketCommand, DeleteBucketCommand, DeleteBucketTaggingCommand, DeleteObjectCommand, GetBucketLocationCommand, GetBucketTaggingCommand, GetBucketVersioningCommand,
  HeadBucketCommand, ListBucketsCommand, PutBucketTaggingCommand, PutBucketVersioningCommand, PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3 } = clients();

test("a bucket is made, found, listed and deleted", async () => {
  const Bucket = uniqueName("bucket");
  const made = await s3.send(new CreateBucketCommand({ Bucket }));
  expect(made.Location).toBe(`/${Bucket}`);
  expect((await s3.send(new HeadBucketCommand({ Bucket }))).$metadata.httpStatusCode).toBe(200);
  const listed = (await s3.send(new ListBucketsCommand({ Prefix: Bucket }))).Buckets!;
  expect(listed.map((bucket) => bucket.Name)).toEqual([Bucket]);
  expect(Math.abs(Date.now() - listed[0].CreationDate!.getTime())).toBeLessThan(60_000);
  expect((await s3.send(new DeleteBucketCommand({ Bucket }))).$metadata.httpStatusCode).toBe(204);
  await expectError(s3.send(new HeadBucketCommand({ Bucket })), "NotFound", 404);
});

test("a bucket of us-east-1 has no location constraint, one of another region has", async () => {
  const Bucket = uniqueName("here");
  await s3.send(new CreateBucketCommand({ Bucket }));
  expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
  const europe = clients(undefined, "test", "eu-central-1").s3;
  const other = uniqueName("there");
  await europe.send(new CreateBucketCommand({ Bucket: other, CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } }));
  expect((await europe.send(new GetBucketLocationCommand({ Bucket: other }))).LocationConstraint).toBe("eu-central-1");
});

test("a second CreateBucket of the owner succeeds in us-east-1 and is refused elsewhere", async () => {
  const Bucket = uniqueName("twice");
  await s3.send(new CreateBucketCommand({ Bucket }));
  expect((await s3.send(new CreateBucketCommand({ Bucket }))).$metadata.httpStatusCode).toBe(200);
  const europe = clients(undefined, "test", "eu-west-1").s3;
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" as const };
  const other = uniqueName("twice");
  await europe.send(new CreateBucketCommand({ Bucket: other, CreateBucketConfiguration }));
  await expectError(europe.send(new CreateBucketCommand({ Bucket: other, CreateBucketConfiguration })), "BucketAlreadyOwnedByYou", 409, "Your previous request to create the named bucket succeeded and you already own it.");
});

test.each(["ab", "Upper-case", "under_score", "192.168.0.1", "two..dots", "-hyphen", "xn--prefixed", "a".repeat(64)])("the bucket name %s is refused", async (Bucket) => {
  await expectError(s3.send(new CreateBucketCommand({ Bucket })), "InvalidBucketName", 400, "The specified bucket is not valid.");
});

test("a bucket that holds an object is not deleted", async () => {
  const Bucket = uniqueName("full");
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "1" }));
  await expectError(s3.send(new DeleteBucketCommand({ Bucket })), "BucketNotEmpty", 409, "The bucket you tried to delete is not empty");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test("operations on a bucket that is not there say NoSuchBucket", async () => {
  const Bucket = uniqueName("none");
  const error = await expectError(s3.send(new GetBucketLocationCommand({ Bucket })), "NoSuchBucket", 404, "The specified bucket does not exist");
  expect(error.BucketName).toBe(Bucket);
  await expectError(s3.send(new DeleteBucketCommand({ Bucket })), "NoSuchBucket", 404);
  await expectError(s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" })), "NoSuchBucket", 404);
});

test("ListBuckets pages", async () => {
  const prefix = uniqueName("page");
  for (const n of ["a", "b", "c"]) await s3.send(new CreateBucketCommand({ Bucket: `${prefix}-${n}` }));
  const first = await s3.send(new ListBucketsCommand({ Prefix: prefix, MaxBuckets: 2 }));
  expect(first.Buckets!.map((bucket) => bucket.Name)).toEqual([`${prefix}-a`, `${prefix}-b`]);
  const second = await s3.send(new ListBucketsCommand({ Prefix: prefix, MaxBuckets: 2, ContinuationToken: first.ContinuationToken }));
  expect(second.Buckets!.map((bucket) => bucket.Name)).toEqual([`${prefix}-c`]);
  expect(second.ContinuationToken).toBeUndefined();
});

test("tags of a bucket are put, read and deleted", async () => {
  const Bucket = uniqueName("tags");
  await s3.send(new CreateBucketCommand({ Bucket }));
  await expectError(s3.send(new GetBucketTaggingCommand({ Bucket })), "NoSuchTagSet", 404, "The TagSet does not exist");
  const TagSet = [{ Key: "team", Value: "lake" }, { Key: "größe", Value: "" }];
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  expect(new Set((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet)).toEqual(new Set(TagSet));
  await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
  await expectError(s3.send(new GetBucketTaggingCommand({ Bucket })), "NoSuchTagSet", 404);
});

test("versioning is never on, and turning it on is refused instead of ignored", async () => {
  const Bucket = uniqueName("versions");
  await s3.send(new CreateBucketCommand({ Bucket }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  await expectError(s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } })), "NotImplemented", 501);
});
