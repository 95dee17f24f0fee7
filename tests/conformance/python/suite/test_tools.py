"""The AWS CLI, s3cmd and rclone."""

import os
import pathlib
import random
import tempfile
import urllib.request

from suite.tarn import TarnTest, client, environment, program, run, server

MIB = 1024 * 1024


class Folder(TarnTest):
    """A folder with a tree of files, one of them large enough for parts."""

    def setUp(self):
        self.home = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.tree = self.home / "tree"
        content = random.Random(7)
        for name, size in (("a.txt", 5), ("b/c d.txt", 1000), ("b/ü.bin", 70_000), ("empty", 0), ("big.bin", 20 * MIB + 1)):
            file = self.tree / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.randbytes(size))

    def assert_same_tree(self, other):
        def read(folder):
            return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        expected, found = read(self.tree), read(other)
        self.assertEqual(sorted(expected), sorted(found))
        for name, content in expected.items():
            self.assertTrue(content == found[name], f"{name} differs")

    def keys(self, bucket):
        return sorted(o["Key"] for o in client("s3").list_objects_v2(Bucket=bucket).get("Contents", []))


class AwsCli(Folder):
    def aws(self, *arguments):
        return run(program("aws", "CONFORMANCE_AWS"), *arguments)

    def test_copy_sync_list_and_remove(self):
        bucket = self.bucket()
        self.aws("s3", "cp", self.tree / "big.bin", f"s3://{bucket}/one")
        self.aws("s3", "cp", f"s3://{bucket}/one", f"s3://{bucket}/two")
        self.aws("s3", "cp", f"s3://{bucket}/two", self.home / "back")
        self.assertEqual((self.tree / "big.bin").read_bytes(), (self.home / "back").read_bytes())
        self.assertIn("upload:", self.aws("s3", "sync", self.tree, f"s3://{bucket}/tree"))
        self.assertEqual("", self.aws("s3", "sync", self.tree, f"s3://{bucket}/tree").strip())
        self.aws("s3", "sync", f"s3://{bucket}/tree", self.home / "copy")
        self.assert_same_tree(self.home / "copy")
        self.assertEqual("", self.aws("s3", "sync", f"s3://{bucket}/tree", self.home / "copy").strip())
        self.assertIn("PRE b/", self.aws("s3", "ls", f"s3://{bucket}/tree/"))
        self.aws("s3", "rm", "--recursive", f"s3://{bucket}/tree", "--quiet")
        self.assertEqual(["one", "two"], self.keys(bucket))
        self.aws("s3", "rb", "--force", f"s3://{bucket}")
        self.assertNotIn(bucket, self.aws("s3", "ls"))

    def test_presigned_url(self):
        """Version 1 of the CLI presigns with signature version 2 in us-east-1 unless its settings say otherwise."""
        bucket = self.bucket()
        self.aws("s3", "cp", self.tree / "a.txt", f"s3://{bucket}/a b.txt")
        settings = self.home / "config"
        settings.write_text("[default]\ns3 =\n    signature_version = s3v4\n")
        for env in (environment(), environment() | {"AWS_CONFIG_FILE": str(settings)}):
            url = run(program("aws", "CONFORMANCE_AWS"), "s3", "presign", f"s3://{bucket}/a b.txt", env=env).strip()
            with urllib.request.urlopen(url) as answer:
                self.assertEqual((self.tree / "a.txt").read_bytes(), answer.read())

    def test_waiters_and_identity(self):
        bucket = self.bucket()
        self.aws("s3api", "put-object", "--bucket", bucket, "--key", "k", "--body", self.tree / "a.txt")
        self.aws("s3api", "wait", "object-exists", "--bucket", bucket, "--key", "k")
        self.aws("s3api", "delete-object", "--bucket", bucket, "--key", "k")
        self.aws("s3api", "wait", "object-not-exists", "--bucket", bucket, "--key", "k")
        self.assertEqual("000000000000", self.aws("sts", "get-caller-identity", "--query", "Account", "--output", "text").strip())

    def test_glue_and_athena(self):
        bucket, name = self.bucket(), self.id().rsplit(".")[-1]
        self.aws("glue", "create-database", "--database-input", f"Name={name}")
        self.assertEqual(name, self.aws("glue", "get-database", "--name", name, "--query", "Database.Name", "--output", "text").strip())
        query = self.aws("athena", "start-query-execution", "--query-string", "SELECT 1 AS one", "--result-configuration",
                         f"OutputLocation=s3://{bucket}/r/", "--query", "QueryExecutionId", "--output", "text").strip()
        state = ""
        while state not in ("SUCCEEDED", "FAILED"):
            state = self.aws("athena", "get-query-execution", "--query-execution-id", query,
                             "--query", "QueryExecution.Status.State", "--output", "text").strip()
        self.assertEqual("SUCCEEDED", state)
        self.assertEqual('"one"\n"1"\n', self.aws("s3", "cp", f"s3://{bucket}/r/{query}.csv", "-"))


class S3cmd(Folder):
    def s3cmd(self, *arguments):
        host = server().endpoint.removeprefix("http://")
        return run(program("s3cmd"), "--config=/dev/null", "--access_key=test", "--secret_key=test", "--no-ssl", f"--host={host}",
                   f"--host-bucket={host}", "--region=us-east-1", "--no-progress", *arguments)

    def test_put_get_sync_list_and_delete(self):
        program("s3cmd")
        bucket = self.bucket()
        self.s3cmd("put", self.tree / "big.bin", f"s3://{bucket}/big", "--multipart-chunk-size-mb=6")
        self.s3cmd("get", f"s3://{bucket}/big", self.home / "back")
        self.assertEqual((self.tree / "big.bin").read_bytes(), (self.home / "back").read_bytes())
        self.assertIn("upload:", self.s3cmd("sync", f"{self.tree}/", f"s3://{bucket}/tree/"))
        self.assertNotIn("upload:", self.s3cmd("sync", f"{self.tree}/", f"s3://{bucket}/tree/"))
        self.s3cmd("sync", f"s3://{bucket}/tree/", f"{self.home}/copy/")
        self.assert_same_tree(self.home / "copy")
        self.assertIn(f"s3://{bucket}/tree/b/c d.txt", self.s3cmd("ls", "--recursive", f"s3://{bucket}"))
        self.s3cmd("--signature-v2", "put", self.tree / "big.bin", f"s3://{bucket}/old way+ü", "--multipart-chunk-size-mb=6")
        self.assertIn(f"s3://{bucket}/old way+ü", self.s3cmd("--signature-v2", "ls", f"s3://{bucket}"))
        self.s3cmd("--signature-v2", "del", f"s3://{bucket}/old way+ü")
        self.s3cmd("cp", f"s3://{bucket}/big", f"s3://{bucket}/again")
        self.s3cmd("info", f"s3://{bucket}/again")
        self.s3cmd("del", "--recursive", "--force", f"s3://{bucket}/tree/")
        self.assertEqual(["again", "big"], self.keys(bucket))

    def test_make_and_remove_bucket(self):
        self.s3cmd("mb", "s3://s3cmd-makes-me")
        self.assertIn("s3cmd-makes-me", self.s3cmd("ls"))
        self.s3cmd("rb", "s3://s3cmd-makes-me")


class Rclone(Folder):
    def rclone(self, *arguments):
        env = environment()
        env.update(RCLONE_CONFIG=os.devnull, RCLONE_CONFIG_T_TYPE="s3", RCLONE_CONFIG_T_PROVIDER="Other", RCLONE_CONFIG_T_ENDPOINT=server().endpoint,
                   RCLONE_CONFIG_T_ACCESS_KEY_ID="test", RCLONE_CONFIG_T_SECRET_ACCESS_KEY="test", RCLONE_CONFIG_T_REGION="us-east-1",
                   RCLONE_CONFIG_T_UPLOAD_CUTOFF="6M", RCLONE_CONFIG_T_CHUNK_SIZE="5M")
        return run(program("rclone"), *arguments, env=env)

    def test_sync_check_list_and_delete(self):
        program("rclone")
        bucket = self.bucket()
        self.rclone("sync", self.tree, f"t:{bucket}/tree")
        self.rclone("check", self.tree, f"t:{bucket}/tree", "--download")
        again = self.rclone("sync", self.tree, f"t:{bucket}/tree", "-v", "--stats-one-line")
        self.assertNotIn("Copied", again)
        self.rclone("copy", f"t:{bucket}/tree", self.home / "copy")
        self.assert_same_tree(self.home / "copy")
        self.assertIn("b/c d.txt", self.rclone("lsf", "-R", f"t:{bucket}/tree"))
        self.rclone("copyto", f"t:{bucket}/tree/a.txt", f"t:{bucket}/other.txt")
        self.rclone("purge", f"t:{bucket}/tree")
        self.assertEqual(["other.txt"], self.keys(bucket))

    def test_make_and_remove_bucket(self):
        self.rclone("mkdir", "t:rclone-makes-me")
        self.assertIn("rclone-makes-me", self.rclone("lsd", "t:"))
        self.rclone("rmdir", "t:rclone-makes-me")
