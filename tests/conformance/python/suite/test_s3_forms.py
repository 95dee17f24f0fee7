"""POST Object: a browser's form with a policy that boto3 signed, in both versions of signatures."""

import base64
import datetime
import hashlib
import hmac
import json
import uuid
import xml.etree.ElementTree as xml

from suite.tarn import TarnTest, client, server
from suite.test_s3_signing import element, send


def encode(fields, content=b"content", filename="photo.png", file="file"):
    """A form as browsers write it: the fields in order, the file last."""
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
    if file:
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{file}"; filename="{filename}"\r\nContent-Type: image/png\r\n\r\n'.encode() + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def post(bucket, fields, *arguments, **more):
    body, headers = encode(fields, *arguments, **more)
    return send(f"{server().endpoint}/{bucket}", "POST", body, headers)


def version2(policy, secret="test"):
    """The fields of a policy of one's own, signed in version 2."""
    text = base64.b64encode(policy if isinstance(policy, bytes) else json.dumps(policy).encode()).decode()
    return [("AWSAccessKeyId", "test"), ("signature", base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()), ("policy", text)]


def expiration(minutes=5):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Forms(TarnTest):
    def test_what_boto3_signs_is_taken(self):
        bucket = self.bucket()
        for version in ("s3", "s3v4"):
            with self.subTest(version):
                s3 = client("s3", signature_version=version)
                signed = s3.generate_presigned_post(bucket, "up/${filename}", Fields={"Content-Type": "image/png", "x-amz-meta-who": "mé", "acl": "private"}, Conditions=[
                    {"Content-Type": "image/png"}, {"acl": "private"}, ["starts-with", "$x-amz-meta-who", "m"], ["content-length-range", 1, 100]])
                status, headers, body = post(bucket, signed["fields"].items())
                self.assertEqual((204, b""), (status, body))
                self.assertEqual(f"{server().endpoint}/{bucket}/up/photo.png", headers["Location"])
                got = s3.get_object(Bucket=bucket, Key="up/photo.png")
                self.assertEqual((b"content", "image/png", got["ETag"]), (got["Body"].read(), got["ContentType"], headers["ETag"]))
                self.assertEqual("=?UTF-8?B?bcOp?=", got["Metadata"]["who"])

    def test_temporary_credentials(self):
        issued, bucket = client("sts").get_session_token()["Credentials"], self.bucket()
        for version in ("s3", "s3v4"):
            s3 = client("s3", signature_version=version)
            s3._request_signer._credentials.access_key = issued["AccessKeyId"]
            s3._request_signer._credentials.secret_key = issued["SecretAccessKey"]
            s3._request_signer._credentials.token = issued["SessionToken"]
            signed = s3.generate_presigned_post(bucket, version)
            self.assertEqual(204, post(bucket, signed["fields"].items())[0])

    def test_the_answer_is_the_one_asked_for(self):
        s3, bucket = client("s3"), self.bucket()
        for status, expected in (("200", 200), ("201", 201), ("204", 204), ("404", 204), ("", 204)):
            signed = s3.generate_presigned_post(bucket, "a b&.txt", Fields={"success_action_status": status}, Conditions=[{"success_action_status": status}])
            answer, headers, body = post(bucket, signed["fields"].items())
            self.assertEqual(expected, answer)
            if expected == 201:
                document = xml.fromstring(body)
                self.assertEqual("PostResponse", document.tag)
                self.assertEqual(["Location", "Bucket", "Key", "ETag"], [child.tag for child in document])
                self.assertEqual((f"{server().endpoint}/{bucket}/a%20b%26.txt", bucket, "a b&.txt", headers["ETag"]), tuple(child.text for child in document))
            else:
                self.assertEqual(b"", body)
        for given, mark in (("http://example.com/done", "?"), ("http://example.com/done?a=b", "&")):
            signed = s3.generate_presigned_post(bucket, "a/b c", Fields={"success_action_redirect": given}, Conditions=[{"success_action_redirect": given}])
            answer, headers, _ = post(bucket, signed["fields"].items())
            etag = headers["ETag"].replace('"', "%22")
            self.assertEqual((303, f"{given}{mark}bucket={bucket}&key=a%2Fb%20c&etag={etag}"), (answer, headers["Location"]))
        signed = s3.generate_presigned_post(bucket, "k", Fields={"success_action_redirect": "no url"}, Conditions=[{"success_action_redirect": "no url"}])
        self.assertEqual(204, post(bucket, signed["fields"].items())[0])

    def test_tags_and_checksums(self):
        s3, bucket = client("s3"), self.bucket()
        tagging = "<Tagging><TagSet><Tag><Key>a b</Key><Value>c&amp;d</Value></Tag></TagSet></Tagging>".replace("&amp;d", "d")
        signed = s3.generate_presigned_post(bucket, "k", Fields={"tagging": tagging}, Conditions=[{"tagging": tagging}])
        self.assertEqual(204, post(bucket, signed["fields"].items())[0])
        self.assertEqual([{"Key": "a b", "Value": "cd"}], s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"])
        digest = base64.b64encode(hashlib.sha256(b"content").digest()).decode()
        for value, expected in ((digest, 204), (base64.b64encode(bytes(32)).decode(), 400)):
            signed = s3.generate_presigned_post(bucket, "s", Fields={"x-amz-checksum-sha256": value}, Conditions=[{"x-amz-checksum-sha256": value}])
            self.assertEqual(expected, post(bucket, signed["fields"].items())[0])

    def test_a_large_file_streams_and_a_broken_one_leaves_nothing(self):
        s3, bucket = client("s3"), self.bucket()
        signed = s3.generate_presigned_post(bucket, "big")
        content = b"line\r\n--almost\r\n" * 600_000
        self.assertEqual(204, post(bucket, signed["fields"].items(), content)[0])
        self.assertEqual(hashlib.md5(content).hexdigest(), s3.head_object(Bucket=bucket, Key="big")["ETag"].strip('"'))
        body, headers = encode(s3.generate_presigned_post(bucket, "cut")["fields"].items())
        status, _, answer = send(f"{server().endpoint}/{bucket}", "POST", body[:-40], headers)
        self.assertEqual((400, "MalformedPOSTRequest"), (status, element(answer, "Code")))
        self.refused("404", s3.head_object, Bucket=bucket, Key="cut")

    def test_the_policy_decides(self):
        bucket = self.bucket()
        base = [{"bucket": bucket}, ["starts-with", "$key", "foo"], {"acl": "private"}, ["starts-with", "$Content-Type", "text/plain"]]
        fields = [("key", "foo.txt"), ("acl", "private"), ("Content-Type", "text/plain")]

        def answer(conditions=base, extra=(), drop=(), end=None, policy=None, content=b"bar", secret="test"):
            signed = version2({"expiration": end or expiration(), "conditions": conditions} if policy is None else policy, secret)
            status, _, body = post(bucket, [f for f in fields if f[0] not in drop] + signed + list(extra), content)
            return (status, element(body, "Code"), element(body, "Message")) if status >= 400 else status

        self.assertEqual(204, answer())
        self.assertEqual(204, answer([{"bUcKeT": bucket}, ["StArTs-WiTh", "$KeY", "foo"], *base[2:]]))
        self.assertEqual(204, answer(extra=[("x-ignore-foo", "bar")]))
        self.assertEqual(204, answer(base + [["content-length-range", 0, 3]]))
        denied = "Invalid according to Policy: "
        for expected, given in (
                (f'{denied}Policy Condition failed: ["starts-with", "$key", "bar"]', {"conditions": [base[0], ["starts-with", "$key", "bar"], *base[2:]]}),
                (f'{denied}Policy Condition failed: ["eq", "$bucket", "other"]', {"conditions": [{"bucket": "other"}, *base[1:]]}),
                (f'{denied}Policy Condition failed: ["eq", "$acl", "private"]', {"drop": ["acl"]}),
                (f"{denied}Extra input fields: bucket", {"conditions": base[1:]}),
                (f"{denied}Extra input fields: x-amz-meta-foo", {"extra": [("x-amz-meta-foo", "1")]}),
                (f"{denied}Policy expired.", {"end": expiration(-5)})):
            with self.subTest(expected):
                self.assertEqual((403, "AccessDenied", expected), answer(**given))
        for expected, given in (
                ("Invalid Policy: Policy missing expiration.", {"policy": {"EXPIRATION": expiration(), "conditions": base}}),
                ("Invalid Policy: Policy missing conditions.", {"policy": {"expiration": expiration(), "CONDITIONS": base}}),
                ("Invalid Policy: Invalid 'conditions' value: must be a List.", {"policy": {"expiration": expiration(), "conditions": {}}}),
                ("Invalid Policy: Invalid 'expiration' value: 'tomorrow'", {"end": "tomorrow"}),
                ("Invalid Policy: Invalid JSON.", {"policy": b"{"}),
                ('Invalid Policy: Invalid Condition: ["content-length-range", 0]', {"conditions": base + [["content-length-range", 0]]}),
                ("Invalid Policy: Invalid content-length-range: -1", {"conditions": base + [["content-length-range", -1, 0]]})):
            with self.subTest(expected):
                self.assertEqual((400, "InvalidPolicyDocument", expected), answer(**given))
        self.assertEqual("EntityTooLarge", answer(base + [["content-length-range", 0, 2]])[1])
        self.assertEqual("EntityTooSmall", answer(base + [["content-length-range", 4, 9]])[1])
        self.assertEqual("SignatureDoesNotMatch", answer(secret="other")[1])
        self.assertEqual("InvalidArgument", answer(drop=["key"])[1])
        self.assertEqual(204, answer(policy=('{"expiration": "%s", "conditions": [{"bucket": "%s"}, ["starts-with", "$key", "foo"], {"acl": "private"}, '
                                             '["starts-with", "$Content-Type", "text/plain"], {"x-amz-meta-price": "\\$5"}]}' % (expiration(), bucket)).encode(),
                                     extra=[("x-amz-meta-price", "$5")]))

    def test_forms_that_are_none(self):
        bucket = self.bucket()
        signed = client("s3").generate_presigned_post(bucket, "k")["fields"].items()
        for code, status, fields, more in (
                ("AccessDenied", 403, [("key", "k")], {}),
                ("InvalidArgument", 400, signed, {"file": None}),
                ("InvalidArgument", 400, [f for f in signed if f[0] != "signature"], {}),
                ("InvalidArgument", 400, [f for f in signed if f[0] != "policy"], {}),
                ("InvalidAccessKeyId", 403, [("AWSAccessKeyId", "nobody") if f[0] == "AWSAccessKeyId" else f for f in signed], {}),
                ("MaxPostPreDataLengthExceeded", 400, [*signed, ("x-ignore-long", "x" * 21_000)], {})):
            with self.subTest(code):
                answer, _, body = post(bucket, fields, **more)
                self.assertEqual((status, code), (answer, element(body, "Code")))
        status, _, body = send(f"{server().endpoint}/{bucket}", "POST", b"a=b", {"Content-Type": "text/plain"})
        self.assertEqual((412, "PreconditionFailed"), (status, element(body, "Code")))
        status, _, body = post("no-such-bucket-here", client("s3").generate_presigned_post("no-such-bucket-here", "k")["fields"].items())
        self.assertEqual((404, "NoSuchBucket"), (status, element(body, "Code")))
