"""Encryption at rest of Kinesis Data Streams through boto3."""

import pathlib
import threading

from suite.tarn import server
from suite.test_kinesis_records import RecordsTest

KEY = "alias/aws/kinesis"


class Encryption(RecordsTest):
    def start(self, key=KEY):
        self.kinesis.start_stream_encryption(StreamName=self.name, EncryptionType="KMS", KeyId=key)

    def stop(self, key=KEY):
        self.kinesis.stop_stream_encryption(StreamName=self.name, EncryptionType="KMS", KeyId=key)

    def on_disk(self, text):
        return any(text in path.read_bytes() for path in pathlib.Path(server().folder, "streams", "log").iterdir())

    def test_records_say_how_they_were_written(self):
        self.create()
        answers = [self.put("k", b"before-" + self.name.encode())]
        self.start()
        answers.append(self.put("k", b"within-" + self.name.encode()))
        answers.append(self.kinesis.put_records(StreamName=self.name, Records=[{"PartitionKey": "k", "Data": b"together-" + self.name.encode()}]))
        self.start("arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012")
        answers.append(self.put("k", b"other-" + self.name.encode()))
        self.stop("12345678-1234-1234-1234-123456789012")
        answers.append(self.put("k", b"after-" + self.name.encode()))
        self.assertEqual([None, "KMS", "KMS", "KMS", None], [answer.get("EncryptionType") for answer in answers])
        records, _ = self.drain("shardId-000000000000")
        self.assertEqual(["before None", "within KMS", "together KMS", "other KMS", "after None"],
                         [f"{r['Data'].decode().split('-')[0]} {r.get('EncryptionType')}" for r in records])
        found = [word for word in ("before", "within", "together", "other", "after") if self.on_disk(f"{word}-{self.name}".encode())]
        self.assertEqual(["before", "after"], found)

    def test_it_is_switched_while_records_are_put(self):
        self.create(2)
        sent, failures, stopping = [], [], threading.Event()

        def put_all(writer):
            try:
                while not stopping.is_set():
                    entries = [{"PartitionKey": f"{writer}-{i}", "Data": f"{writer} {len(sent)} {i}".encode()} for i in range(20)]
                    answer = self.kinesis.put_records(StreamName=self.name, Records=entries)
                    sent.extend((r["SequenceNumber"], e["Data"], answer.get("EncryptionType")) for r, e in zip(answer["Records"], entries))
            except Exception as failure:  # told by the test, on its own thread
                failures.append(failure)

        writers = [threading.Thread(target=put_all, args=(i,)) for i in range(3)]
        for writer in writers:
            writer.start()
        for _ in range(10):
            self.start()
            self.assertEqual("KMS", self.put("k", b"on")["EncryptionType"])
            self.stop()
            self.assertNotIn("EncryptionType", self.put("k", b"off"))
        stopping.set()
        for writer in writers:
            writer.join()
        self.assertEqual([], failures)
        read = {r["SequenceNumber"]: (r["Data"], r.get("EncryptionType")) for shard in self.shards() for r in self.drain(shard["ShardId"])[0]}
        self.assertEqual({number: (data, kind) for number, data, kind in sent}, {number: read[number] for number, _, _ in sent})
        self.assertEqual(len(sent) + 20, len(read))
        self.assertEqual({"KMS", None}, {kind for _, _, kind in sent})

    def test_what_is_refused(self):
        self.create()
        start = self.kinesis.start_stream_encryption
        self.assertEqual("Invalid keyId none", self.words("KMSNotFoundException", start, StreamName=self.name, EncryptionType="KMS", KeyId="none"))
        self.words("InvalidArgumentException", start, StreamName=self.name, EncryptionType="NONE", KeyId=KEY)
        self.start()
        self.words("InvalidArgumentException", self.kinesis.stop_stream_encryption, StreamName=self.name, EncryptionType="KMS", KeyId="alias/other")
        self.assertEqual(("KMS", KEY), (self.summary()["EncryptionType"], self.summary()["KeyId"]))
