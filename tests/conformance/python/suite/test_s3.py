"""S3 through boto3 and s3transfer."""

import datetime
import hashlib
import io
import os
import random
import tempfile
import urllib.error
import urllib.request

from suite.tarn import TarnTest, boto3, client

MIB = 1024 * 1024


def request(url, method="GET", data=None, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, data=data, method=method, headers=headers or {})) as answer:
        return answer.status, answer.headers, answer.read()


class Transfers(TarnTest):
    def test_upload_and_download_in_parts(self):
        from boto3.s3.transfer import TransferConfig

        s3, bucket = client("s3"), self.bucket()
        content = random.Random(1).randbytes(17 * MIB + 3)
        config = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=4)
        with tempfile.TemporaryDirectory() as folder:
            source, target = os.path.join(folder, "in"), os.path.join(folder, "out")
            with open(source, "wb") as file:
                file.write(content)
            s3.upload_file(source, bucket, "big", Config=config, ExtraArgs={"Metadata": {"owner": "me"}, "ContentType": "a/b"})
            s3.download_file(bucket, "big", target, Config=config)
            with open(target, "rb") as file:
                self.assertEqual(hashlib.sha256(content).digest(), hashlib.sha256(file.read()).digest())
        head = s3.head_object(Bucket=bucket, Key="big")
        self.assertTrue(head["ETag"].endswith('-4"'), head["ETag"])
        self.assertEqual(({"owner": "me"}, "a/b", len(content)), (head["Metadata"], head["ContentType"], head["ContentLength"]))
        part = s3.get_object(Bucket=bucket, Key="big", PartNumber=2)
        self.assertEqual((4, content[5 * MIB:10 * MIB]), (part["PartsCount"], part["Body"].read()))

    def test_copy_in_parts(self):
        from boto3.s3.transfer import TransferConfig

        s3, bucket = client("s3"), self.bucket()
        content = random.Random(2).randbytes(11 * MIB)
        s3.put_object(Bucket=bucket, Key="from", Body=content)
        s3.copy({"Bucket": bucket, "Key": "from"}, bucket, "to",
                Config=TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB))
        self.assertEqual(content, s3.get_object(Bucket=bucket, Key="to")["Body"].read())

    def test_unknown_length_and_file_objects(self):
        s3, bucket = client("s3"), self.bucket()
        s3.upload_fileobj(io.BytesIO(b"x" * 9 * MIB), bucket, "f")
        sink = io.BytesIO()
        s3.download_fileobj(bucket, "f", sink)
        self.assertEqual(b"x" * 9 * MIB, sink.getvalue())

    def test_empty_objects_and_what_follows_on_the_same_connection(self):
        s3, bucket = client("s3", max_pool_connections=1), self.bucket()
        for n in range(3):
            s3.put_object(Bucket=bucket, Key=f"empty{n}", Body=b"")
            s3.put_object(Bucket=bucket, Key=f"full{n}", Body=b"x")
        self.assertEqual([0, 0, 0, 1, 1, 1], [o["Size"] for o in s3.list_objects_v2(Bucket=bucket)["Contents"]])

    def test_multipart_is_listed_and_aborted(self):
        s3, bucket = client("s3"), self.bucket()
        upload = s3.create_multipart_upload(Bucket=bucket, Key="m")["UploadId"]
        for number in range(1, 4):
            s3.upload_part(Bucket=bucket, Key="m", UploadId=upload, PartNumber=number, Body=b"p" * number)
        pages = s3.get_paginator("list_parts").paginate(Bucket=bucket, Key="m", UploadId=upload, PaginationConfig={"PageSize": 2})
        self.assertEqual([1, 2, 3], [part["Size"] for page in pages for part in page["Parts"]])
        self.assertEqual(["m"], [u["Key"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]])
        parts = s3.list_parts(Bucket=bucket, Key="m", UploadId=upload)["Parts"]
        self.refused("EntityTooSmall", s3.complete_multipart_upload, Bucket=bucket, Key="m", UploadId=upload, MultipartUpload={
            "Parts": [{"PartNumber": p["PartNumber"], "ETag": p["ETag"]} for p in parts]})
        s3.abort_multipart_upload(Bucket=bucket, Key="m", UploadId=upload)
        self.refused("NoSuchUpload", s3.list_parts, Bucket=bucket, Key="m", UploadId=upload)

    def test_checksums_of_every_algorithm_without_crt(self):
        s3, bucket = client("s3"), self.bucket()
        for algorithm in ("CRC32", "SHA1", "SHA256"):
            with self.subTest(algorithm):
                put = s3.put_object(Bucket=bucket, Key=algorithm, Body=b"hello", ChecksumAlgorithm=algorithm)
                got = s3.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
                self.assertEqual(put[f"Checksum{algorithm}"], got[f"Checksum{algorithm}"])
                self.assertEqual(b"hello", got["Body"].read())
        self.refused("BadDigest", s3.put_object, Bucket=bucket, Key="bad", Body=b"hello", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
        self.refused("NoSuchKey", s3.get_object, Bucket=bucket, Key="bad")


class Objects(TarnTest):
    def test_presigned_urls(self):
        s3, bucket = client("s3", signature_version="s3v4"), self.bucket()
        put = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "a b/ü.txt"}, ExpiresIn=60)
        self.assertEqual(200, request(put, "PUT", b"signed")[0])
        get = s3.generate_presigned_url("get_object", Params={
            "Bucket": bucket, "Key": "a b/ü.txt", "ResponseContentType": "text/x-own", "ResponseContentDisposition": "attachment"}, ExpiresIn=60)
        status, headers, body = request(get)
        self.assertEqual((200, "text/x-own", "attachment", b"signed"), (status, headers["Content-Type"], headers["Content-Disposition"], body))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            request(get.replace("X-Amz-Expires=60", "X-Amz-Expires=61"))
        with caught.exception as error:
            self.assertEqual(403, error.code)
            self.assertIn(b"SignatureDoesNotMatch", error.read())

    def test_keys_of_any_kind(self):
        s3, bucket = client("s3"), self.bucket()
        keys = ["a", "a/b", "a//b", "/lead", "..", "../x", "trail/", "sp ace+plus%41&?#", "ünïcode/日本", "x" * 1024, "tab\there", "quote'\"<>&"]
        for key in keys:
            s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        for key in keys:
            with self.subTest(key[:20]):
                self.assertEqual(key.encode(), s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        listed = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 5})
                  for o in page["Contents"]]
        self.assertEqual(sorted(keys, key=str.encode), listed)
        listed = [o["Key"] for page in s3.get_paginator("list_objects").paginate(Bucket=bucket, PaginationConfig={"PageSize": 5})
                  for o in page["Contents"]]
        self.assertEqual(sorted(keys, key=str.encode), listed)
        gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
        self.assertEqual(sorted(keys), sorted(o["Key"] for o in gone["Deleted"]))
        self.assertEqual(0, s3.list_objects_v2(Bucket=bucket)["KeyCount"])

    def test_listing_by_delimiter(self):
        s3, bucket = client("s3"), self.bucket()
        for year in range(3):
            for day in range(4):
                s3.put_object(Bucket=bucket, Key=f"y={year}/d={day}/f", Body=b"")
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2}))
        self.assertEqual(["y=0/", "y=1/", "y=2/"], [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])])
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="y=1/", StartAfter="y=1/d=1/f")
        self.assertEqual(["y=1/d=2/f", "y=1/d=3/f"], [o["Key"] for page in pages for o in page["Contents"]])

    def test_ranges_and_conditions(self):
        s3, bucket = client("s3"), self.bucket()
        etag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
        for given, expected, content_range in (("bytes=2-4", b"234", "bytes 2-4/10"), ("bytes=-3", b"789", "bytes 7-9/10"), ("bytes=8-", b"89", "bytes 8-9/10")):
            got = s3.get_object(Bucket=bucket, Key="k", Range=given)
            self.assertEqual((206, expected, content_range), (got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read(), got["ContentRange"]))
        self.refused("InvalidRange", s3.get_object, Bucket=bucket, Key="k", Range="bytes=10-")
        self.refused("PreconditionFailed", s3.get_object, Bucket=bucket, Key="k", IfMatch='"other"')
        self.refused("304", s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=etag)
        self.refused("304", s3.head_object, Bucket=bucket, Key="k", IfModifiedSince=datetime.datetime.now(datetime.timezone.utc))
        self.refused("PreconditionFailed", s3.put_object, Bucket=bucket, Key="k", Body=b"", IfNoneMatch="*")
        s3.put_object(Bucket=bucket, Key="k", Body=b"new", IfMatch=etag)
        self.refused("PreconditionFailed", s3.put_object, Bucket=bucket, Key="k", Body=b"", IfMatch=etag)
        self.refused("404", s3.head_object, Bucket=bucket, Key="none")

    def test_copy_metadata_and_tags(self):
        s3, bucket = client("s3"), self.bucket()
        s3.put_object(Bucket=bucket, Key="k", Body=b"v", Metadata={"a": "1"}, Tagging="t=1&u=two%20words", CacheControl="no-store")
        s3.copy_object(Bucket=bucket, Key="kept", CopySource={"Bucket": bucket, "Key": "k"})
        s3.copy_object(Bucket=bucket, Key="replaced", CopySource=f"{bucket}/k", Metadata={"b": "2"}, MetadataDirective="REPLACE", TaggingDirective="REPLACE")
        self.assertEqual(({"a": "1"}, "no-store"), (lambda h: (h["Metadata"], h["CacheControl"]))(s3.head_object(Bucket=bucket, Key="kept")))
        self.assertEqual({"b": "2"}, s3.head_object(Bucket=bucket, Key="replaced")["Metadata"])
        tags = s3.get_object_tagging(Bucket=bucket, Key="kept")["TagSet"]
        self.assertEqual({"t": "1", "u": "two words"}, {t["Key"]: t["Value"] for t in tags})
        self.assertEqual([], s3.get_object_tagging(Bucket=bucket, Key="replaced")["TagSet"])
        s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": [{"Key": "n", "Value": "3"}]})
        self.assertEqual(1, s3.get_object(Bucket=bucket, Key="k")["TagCount"])
        s3.delete_object_tagging(Bucket=bucket, Key="k")
        self.assertNotIn("TagCount", s3.get_object(Bucket=bucket, Key="k"))
        self.refused("InvalidRequest", s3.copy_object, Bucket=bucket, Key="k", CopySource=f"{bucket}/k")
        self.refused("NoSuchKey", s3.copy_object, Bucket=bucket, Key="k", CopySource=f"{bucket}/none")

    def test_buckets(self):
        s3, bucket = client("s3"), self.bucket()
        self.assertIn(bucket, [b["Name"] for page in s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2}) for b in page["Buckets"]])
        self.assertEqual("us-east-1", s3.head_bucket(Bucket=bucket)["BucketRegion"])
        self.assertIsNone(s3.get_bucket_location(Bucket=bucket)["LocationConstraint"])
        self.refused("NoSuchTagSet", s3.get_bucket_tagging, Bucket=bucket)
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
        self.assertEqual([{"Key": "k", "Value": "v"}], s3.get_bucket_tagging(Bucket=bucket)["TagSet"])
        s3.delete_bucket_tagging(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="k", Body=b"")
        self.refused("BucketNotEmpty", s3.delete_bucket, Bucket=bucket)
        boto3.resource("s3", **self.connection()).Bucket(bucket).objects.all().delete()
        s3.delete_bucket(Bucket=bucket)
        s3.get_waiter("bucket_not_exists").wait(Bucket=bucket)
        self.refused("NoSuchBucket", s3.list_objects_v2, Bucket=bucket)

    def connection(self):
        from suite.tarn import REGION, server
        return {"endpoint_url": server().endpoint, "region_name": REGION, "aws_access_key_id": "test", "aws_secret_access_key": "test"}

    def test_identity(self):
        self.assertEqual("000000000000", client("sts").get_caller_identity()["Account"])
