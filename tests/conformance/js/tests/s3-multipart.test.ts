import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CreateBucketCommand, CreateMultipartUploadCommand, GetObjectAttributesCommand, GetObjectCommand, HeadObjectCommand,
  ListMultipartUploadsCommand, ListPartsCommand, PutObjectCommand, UploadPartCommand, UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { beforeAll, expect, test } from "vitest";
import { clients, uniqueName } from "../clients.js";
import { expectError } from "../errors.js";

const { s3 } = clients();
const Bucket = uniqueName("parts");
const MiB = 1 << 20;
const big = (byte: number) => Buffer.alloc(5 * MiB, byte);
const md5 = (...parts: Buffer[]) => parts.map((part) => createHash("md5").update(part).digest());
beforeAll(async () => void (await s3.send(new CreateBucketCommand({ Bucket }))));

const begin = async (Key: string, more = {}) => (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId!;
const part = async (Key: string, UploadId: string, PartNumber: number, Body: Buffer) => ({ PartNumber, ETag: (await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }))).ETag });
const complete = (Key: string, UploadId: string, Parts: { PartNumber: number; ETag?: string }[], more = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

test("lib-storage uploads a stream of unknown length in parts", async () => {
  const body = Buffer.concat([big(1), big(2), Buffer.from("tail")]);
  const done = await new Upload({ client: s3, partSize: 5 * MiB, queueSize: 3, params: { Bucket, Key: "lib storage ü", Body: Readable.from([body]), ContentType: "x/y", Metadata: { a: "b" } } }).done();
  const digest = createHash("md5").update(Buffer.concat(md5(big(1), big(2), Buffer.from("tail")))).digest("hex");
  expect(done.ETag).toBe(`"${digest}-3"`);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "lib storage ü" }));
  expect(got).toMatchObject({ ContentType: "x/y", Metadata: { a: "b" }, ContentLength: body.length });
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(body)).toBe(true);
  const second = await s3.send(new GetObjectCommand({ Bucket, Key: "lib storage ü", PartNumber: 3 }));
  expect([second.PartsCount, second.ContentRange, await second.Body!.transformToString()]).toEqual([3, `bytes ${10 * MiB}-${10 * MiB + 3}/${10 * MiB + 4}`, "tail"]);
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: "lib storage ü", PartNumber: 1 }))).ContentLength).toBe(5 * MiB);
  await expectError(s3.send(new GetObjectCommand({ Bucket, Key: "lib storage ü", PartNumber: 4 })), "InvalidPartNumber", 416, "The requested partnumber is not satisfiable");
});

test("parts may come in any order, be replaced, and be left out", async () => {
  const id = await begin("order");
  const three = await part("order", id, 3, Buffer.from("end"));
  await part("order", id, 1, big(9));
  const one = await part("order", id, 1, big(7));
  await part("order", id, 2, big(8));
  const done = await complete("order", id, [one, three]);
  expect(done).toMatchObject({ Bucket, Key: "order", ETag: `"${createHash("md5").update(Buffer.concat(md5(big(7), Buffer.from("end")))).digest("hex")}-2"` });
  const attributes = await s3.send(new GetObjectAttributesCommand({ Bucket, Key: "order", ObjectAttributes: ["ObjectParts", "ObjectSize"] }));
  expect([attributes.ObjectSize, attributes.ObjectParts!.TotalPartsCount]).toEqual([5 * MiB + 3, 2]);
});

test("CompleteMultipartUpload refuses parts that are too small, wrong, or out of order", async () => {
  const id = await begin("refused");
  const [one, two] = [await part("refused", id, 1, Buffer.from("small")), await part("refused", id, 2, Buffer.from("last"))];
  const small = await expectError(complete("refused", id, [one, two]), "EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size");
  expect([small.ProposedSize, small.MinSizeAllowed, small.PartNumber]).toEqual(["5", "5242880", "1"]);
  await expectError(complete("refused", id, [two, one]), "InvalidPartOrder", 400, "The list of parts was not in ascending order. Parts must be ordered by part number.");
  await expectError(complete("refused", id, [{ ...one, ETag: two.ETag }]), "InvalidPart", 400, /^One or more of the specified parts could not be found\./);
  await expectError(complete("refused", id, [{ PartNumber: 7, ETag: one.ETag }]), "InvalidPart", 400);
  await expectError(complete("refused", id, []), "MalformedXML", 400);
  expect((await complete("refused", id, [two])).ETag).toMatch(/-1"$/);
});

test("an upload is listed with its parts, in pages, and gone when aborted", async () => {
  const id = await begin("listed/a");
  for (const number of [1, 2, 5]) await part("listed/a", id, number, Buffer.from(`part ${number}`));
  const first = await s3.send(new ListPartsCommand({ Bucket, Key: "listed/a", UploadId: id, MaxParts: 2 }));
  expect(first.Parts!.map((p) => [p.PartNumber, p.Size])).toEqual([[1, 6], [2, 6]]);
  expect([first.IsTruncated, first.NextPartNumberMarker]).toEqual([true, "2"]);
  const rest = await s3.send(new ListPartsCommand({ Bucket, Key: "listed/a", UploadId: id, PartNumberMarker: "2" }));
  expect([rest.IsTruncated, rest.Parts!.map((p) => p.PartNumber)]).toEqual([false, [5]]);

  await begin("listed/b");
  const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "listed/", MaxUploads: 1 }));
  expect([uploads.IsTruncated, uploads.Uploads!.map((upload) => [upload.Key, upload.UploadId])]).toEqual([true, [["listed/a", id]]]);
  const next = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "listed/", KeyMarker: uploads.NextKeyMarker, UploadIdMarker: uploads.NextUploadIdMarker }));
  expect(next.Uploads!.map((upload) => upload.Key)).toEqual(["listed/b"]);

  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "listed/a", UploadId: id }));
  await expectError(s3.send(new ListPartsCommand({ Bucket, Key: "listed/a", UploadId: id })), "NoSuchUpload", 404, /^The specified upload does not exist\./);
  await expectError(s3.send(new UploadPartCommand({ Bucket, Key: "listed/a", UploadId: id, PartNumber: 1, Body: "x" })), "NoSuchUpload", 404);
});

test("part numbers are 1 to 10,000", async () => {
  const id = await begin("numbers");
  for (const number of [0, 10_001]) {
    await expectError(s3.send(new UploadPartCommand({ Bucket, Key: "numbers", UploadId: id, PartNumber: number, Body: "x" })), "InvalidArgument", 400, "Part number must be an integer between 1 and 10000, inclusive");
  }
});

test("parts are copied from ranges of other objects", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "source", Body: "0123456789" }));
  const id = await begin("from-copy");
  const copied = await s3.send(new UploadPartCopyCommand({ Bucket, Key: "from-copy", UploadId: id, PartNumber: 1, CopySource: `${Bucket}/source`, CopySourceRange: "bytes=2-5" }));
  await complete("from-copy", id, [{ PartNumber: 1, ETag: copied.CopyPartResult!.ETag }]);
  expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: "from-copy" }))).Body!.transformToString()).toBe("2345");
  const other = await begin("from-copy-2");
  await expectError(
    s3.send(new UploadPartCopyCommand({ Bucket, Key: "from-copy-2", UploadId: other, PartNumber: 1, CopySource: `${Bucket}/source`, CopySourceRange: "bytes=5-10" })),
    "InvalidArgument", 400, /Range specified is not valid for source object of size: 10/,
  );
});

test("a CRC64NVME of the whole object is combined from those of its parts", async () => {
  const bodies = [big(3), Buffer.from("rest")];
  const id = await begin("combined", { ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" });
  const parts = [];
  for (const [index, Body] of bodies.entries()) {
    const sent = await s3.send(new UploadPartCommand({ Bucket, Key: "combined", UploadId: id, PartNumber: index + 1, Body, ChecksumAlgorithm: "CRC64NVME" }));
    parts.push({ PartNumber: index + 1, ETag: sent.ETag, ChecksumCRC64NVME: sent.ChecksumCRC64NVME });
  }
  const done = await complete("combined", id, parts);
  const whole = await s3.send(new PutObjectCommand({ Bucket, Key: "whole", Body: Buffer.concat(bodies), ChecksumAlgorithm: "CRC64NVME" }));
  expect(done.ChecksumType).toBe("FULL_OBJECT");
  expect(done.ChecksumCRC64NVME).toBe(whole.ChecksumCRC64NVME);
});

test("a SHA256 of an upload is one of the digests of its parts", async () => {
  const bodies = [big(4), Buffer.from("rest")];
  const id = await begin("composite", { ChecksumAlgorithm: "SHA256" });
  const parts = [];
  for (const [index, Body] of bodies.entries()) {
    const sent = await s3.send(new UploadPartCommand({ Bucket, Key: "composite", UploadId: id, PartNumber: index + 1, Body, ChecksumAlgorithm: "SHA256" }));
    parts.push({ PartNumber: index + 1, ETag: sent.ETag, ChecksumSHA256: sent.ChecksumSHA256 });
  }
  const digests = bodies.map((body) => createHash("sha256").update(body).digest());
  expect((await complete("composite", id, parts)).ChecksumSHA256).toBe(createHash("sha256").update(Buffer.concat(digests)).digest("base64") + "-2");
});
