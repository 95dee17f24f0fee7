"""The server under test, started once by the first test that needs it, and what tests say about its clients."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[4]
LAUNCHER = os.environ.get("CONFORMANCE_LAUNCHER", ROOT / "tarn")  # an installed Tarn can be tested in place of this checkout's
REGION = "us-east-1"

try:
    import boto3
    import botocore.config
    import botocore.exceptions
except ImportError:
    boto3 = None

_server = None


class Server:
    """A Tarn of its own process on a free port, as a user starts it, perhaps with more options."""

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="tarn-conformance-")
        self.process = subprocess.Popen(
            [str(LAUNCHER), "serve", "--port", "0", "--data", self.folder, "--log.level", "Warning", *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            ready = re.match(r"Tarn is ready on (\S+)$", line)
            if ready:
                self.endpoint = ready[1]
                return
        raise RuntimeError(f"tarn ended with code {self.process.wait()} before it was ready")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        finally:
            self.process.kill()
            self.process.stdout.close()
            shutil.rmtree(self.folder, ignore_errors=True)


def server():
    global _server
    if _server is None:
        _server = Server()
    return _server


def stop():
    if _server is not None:
        _server.stop()


def environment():
    """Variables by which AWS's own programs find Tarn, and nothing of the user's own settings."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env.update(
        AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION=REGION, AWS_REGION=REGION,
        AWS_ENDPOINT_URL=server().endpoint, AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true", AWS_PAGER="")
    return env


def client(service, endpoint=None, **config):
    if boto3 is None:
        raise unittest.SkipTest("boto3 is not installed")
    return boto3.client(
        service, endpoint_url=endpoint or server().endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test",
        config=botocore.config.Config(retries={"max_attempts": 0}, read_timeout=120, **config))


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def run(*command, env=None, cwd=None, timeout=300, check=True):
    """Runs a program to its end; its whole output is in the failure's message when it fails."""
    done = subprocess.run(
        [str(part) for part in command], env=env or environment(), cwd=cwd, timeout=timeout,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-6000:]}")
    return done.stdout


def program(name, variable=None):
    """The path of a client's program; a test that needs one which is not there is skipped."""
    path = os.environ.get(variable) if variable else shutil.which(name)
    if not path:
        raise unittest.SkipTest(f"{name} is not installed")
    return path


def wait_until(read, done, seconds=120):
    """Polls `read` until `done` of what it answers is true. The clients' own polling, where they bring none."""
    end = time.monotonic() + seconds
    while True:
        answer = read()
        if done(answer):
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s it is still {answer!r}")
        time.sleep(0.05)


class TarnTest(unittest.TestCase):
    maxDiff = None

    def refused(self, code, call, **arguments):
        """The call is answered with this error code; the whole answer is returned for its words and status."""
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(code, caught.exception.response["Error"]["Code"], caught.exception)
        return caught.exception.response

    def bucket(self):
        """A bucket of the test's own. The folder goes with the server, so nothing empties it."""
        name = unique("py")
        client("s3").create_bucket(Bucket=name)
        return name
