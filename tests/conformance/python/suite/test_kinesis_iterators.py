"""Where reading of a Kinesis shard may begin and for how long, and what is refused, through boto3."""

import datetime
import time

from suite.tarn import Server, client, unique, wait_until
from suite.test_kinesis import KinesisTest
from suite.test_kinesis_edges import SHARD, EdgesTest, arn_of


class Iterators(EdgesTest):
    def test_what_is_asked_for_must_fit_the_type(self):
        self.create()
        number = self.put("k")["SequenceNumber"]
        start = lambda kind, **more: self.words("InvalidArgumentException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=SHARD, ShardIteratorType=kind, **more)
        ways = "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified "
        for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
            self.assertEqual(f"{ways}{kind} and no StartingSequenceNumber.", start(kind))
        for kind in ("LATEST", "TRIM_HORIZON"):
            self.assertEqual(f"{ways}{kind} and also a StartingSequenceNumber.", start(kind, StartingSequenceNumber=number))
        start("AT_TIMESTAMP")
        start("AT_TIMESTAMP", Timestamp=datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1))
        self.refused("ValidationException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=SHARD, ShardIteratorType="FIRST")

    def test_numbers_of_elsewhere(self):
        self.create(2)
        number = self.put("k", ExplicitHashKey="0")["SequenceNumber"]
        start = lambda shard, text: self.words(
            "InvalidArgumentException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=shard, ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=text)
        self.assertEqual(
            "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with shardId-000000000001", start("shardId-000000000001", number))
        digits = f"{int(number):x}"
        other = str(int(digits[:1] + f"{int(digits[1:10], 16) - 99:09x}" + digits[10:], 16))
        where = f"used in GetShardIterator on shard {SHARD} in stream {self.name} under account 000000000000 is invalid"
        self.assertEqual(f"StartingSequenceNumber {other} {where} because it did not come from this stream.", start(SHARD, other))
        large = str(int(digits[:11] + "8" + digits[12:], 16))
        self.assertEqual(f"StartingSequenceNumber {large} {where}.", start(SHARD, large))

    def test_shards_by_any_name_with_their_number(self):
        self.create()
        for shard in ("0", "shard-0", "-00000", "any.thing_at-all-0"):
            self.iterator(shard)
        start = lambda shard: self.words("ResourceNotFoundException", self.kinesis.get_shard_iterator, StreamName=self.name, ShardId=shard, ShardIteratorType="LATEST")
        where = f"in stream {self.name} under account 000000000000"
        self.assertEqual(f"Shard shardId-000000000005 {where} does not exist", start("shardId-5"))
        self.assertEqual(f"Shard shardId-002147483647 {where} does not exist", start("2147483647"))
        for shard in ("2147483648", "ABC", "2.14E4"):
            self.assertEqual(f"Could not find shard {shard} {where}.", start(shard))

    def test_iterators_of_others(self):
        self.create()
        iterator = self.iterator(SHARD)
        other = unique("py")
        self.kinesis.create_stream(StreamName=other, ShardCount=1)
        self.words("InvalidArgumentException", self.kinesis.get_records, ShardIterator=iterator, StreamARN=arn_of(other))
        for limit in (0, 10_001):
            self.assertIn("at 'limit'", self.words("ValidationException", self.kinesis.get_records, ShardIterator=iterator, Limit=limit))
        for text in ("a", "a" * 512, iterator[:-4], iterator + "AAAA", iterator[::-1]):
            self.assertEqual("Invalid ShardIterator.", self.words("InvalidArgumentException", self.kinesis.get_records, ShardIterator=text))
        self.refused("ValidationException", self.kinesis.get_records, ShardIterator="a" * 513)
        self.kinesis.delete_stream(StreamName=other)

    def test_a_stream_of_the_same_name_does_not_take_the_iterators_of_the_one_before(self):
        self.create()
        iterator = self.iterator(SHARD)
        self.kinesis.delete_stream(StreamName=self.name)
        self.create()
        self.words("ResourceNotFoundException", self.kinesis.get_records, ShardIterator=iterator)


class Expiry(KinesisTest):
    def test_iterators_and_tokens_expire(self):
        own = Server("--kinesis.iterator-lifetime", "00:00:02", "--kinesis.next-token-lifetime", "00:00:02")
        self.addCleanup(own.stop)
        self.kinesis = client("kinesis", own.endpoint)
        self.create(3)
        iterator = self.kinesis.get_shard_iterator(StreamName=self.name, ShardId=SHARD, ShardIteratorType="LATEST")["ShardIterator"]
        token = self.kinesis.list_shards(StreamName=self.name, MaxResults=1)["NextToken"]
        fresh = self.kinesis.get_records(ShardIterator=iterator)["NextShardIterator"]
        made = time.monotonic()
        wait_until(time.monotonic, lambda clock: clock > made + 2.1)
        for old in (iterator, fresh):
            message = self.words("ExpiredIteratorException", self.kinesis.get_records, ShardIterator=old)
            self.assertRegex(message, r"^Iterator expired\. The iterator was created at time \w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} while right now it is \w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4} "
                                      r"which is further in the future than the tolerated delay of 2000 milliseconds\.$")
        self.words("ExpiredNextTokenException", self.kinesis.list_shards, NextToken=token)
