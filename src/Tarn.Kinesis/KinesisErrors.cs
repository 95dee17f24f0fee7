using Tarn.Contracts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis;

/// <summary>Each failure that Kinesis's operations can answer, in AWS's code and words.</summary>
internal static class KinesisErrors
{
    private const string LimitsPage = "Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.";

    public static AwsException InvalidArgument(string message) => new("InvalidArgumentException", message);

    public static AwsException Validation(string message) => new("ValidationException", message);

    public static AwsException LimitExceeded(string message) => new("LimitExceededException", message);

    public static AwsException ResourceInUse(string message) => new("ResourceInUseException", message);

    public static AwsException ResourceNotFound(string message) => new("ResourceNotFoundException", message);

    public static AwsException StreamNotFound(AwsScope scope, string name) => ResourceNotFound($"Stream {name} under account {scope.AccountId} not found.");

    public static AwsException StreamExists(AwsScope scope, string name) => ResourceInUse($"Stream {name} under account {scope.AccountId} already exists.");

    public static AwsException StreamNotActive(StreamSnapshot stream) =>
        ResourceInUse($"Stream {stream.Name} under account {stream.Scope.AccountId} not ACTIVE, instead in state {StreamMapping.Status(stream.Status)}");

    public static AwsException StreamHasConsumers(StreamSnapshot stream) =>
        ResourceInUse($"Stream {stream.Name} under account {stream.Scope.AccountId} has registered consumers. Deregister them, or set EnforceConsumerDeletion.");

    /// <summary>Neither name nor ARN was given.</summary>
    public static AwsException NoStream() => InvalidArgument("Either StreamName or StreamARN should be provided.");

    public static AwsException StreamsDiffer() => InvalidArgument("StreamName, StreamARN and StreamId do not name the same stream.");

    public static AwsException InvalidArn(string arn) => InvalidArgument($"{arn} is not the ARN of a Kinesis resource that this operation takes.");

    /// <summary>A resource of another account. Policies that would let the caller in are not looked at.</summary>
    public static AwsException AccessDenied(string caller, string arn) =>
        new("AccessDeniedException", $"User: {caller} is not authorized to access resource: {arn} because no resource-based policy allows it");

    public static AwsException ShardNotFound(AwsScope scope, string streamName, string shardId) =>
        ResourceNotFound($"Could not find shard {shardId} in stream {streamName} under account {scope.AccountId}.");

    /// <summary>As <see cref="ShardNotFound"/>, in the words of the operations that read.</summary>
    public static AwsException ShardDoesNotExist(StreamSnapshot stream, int shard) =>
        ResourceNotFound($"Shard {ShardId.Format(shard)} in stream {stream.Name} under account {stream.Scope.AccountId} does not exist");

    public static AwsException ShardClosed(StreamSnapshot stream, Shard shard) =>
        InvalidArgument($"Shard {shard.Id} in stream {stream.Name} under account {stream.Scope.AccountId} has already been merged or split, and thus is not eligible for merging or splitting.");

    public static AwsException SplitOutside(StreamSnapshot stream, Shard shard, string hashKey) => InvalidArgument(
        $"NewStartingHashKey {hashKey} used in SplitShard() on shard {shard.Id} in stream {stream.Name} under account {stream.Scope.AccountId} is not both greater than one plus the shard's " +
        $"StartingHashKey {shard.StartingHash} and less than the shard's EndingHashKey {shard.EndingHash}.");

    public static AwsException NotAdjacent(StreamSnapshot stream, Shard lower, Shard upper) =>
        InvalidArgument($"Shards {lower.Id} and {upper.Id} in stream {stream.Name} under account {stream.Scope.AccountId} are not an adjacent pair of shards eligible for merging");

    public static AwsException TooManyShards(AwsScope scope, int current, int limit, int more) => LimitExceeded(
        $"This request would exceed the shard limit for the account {scope.AccountId} in {scope.Region}. Current shard count for the account: {current}. Limit: {limit}. " +
        $"Number of additional shards that would have resulted from this request: {more}. {LimitsPage}");

    public static AwsException TargetTooHigh(int limit, int open, int target) =>
        LimitExceeded($"Target shard count or number of open shards cannot be greater than {limit}. Current open shard count: {open}, Target shard count: {target}");

    public static AwsException ScalesOverDouble(int open, int target) =>
        LimitExceeded($"UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: {open}, Target shard count: {target}");

    public static AwsException ScalesBelowHalf(int open, int target) =>
        LimitExceeded($"UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: {open}, Target shard count: {target}");

    public static AwsException TooManyCalls(string operation, StreamSnapshot stream, int max) =>
        LimitExceeded($"{operation} can be called at most {max} times in 24 hours for a stream. Stream {stream.Name} under account {stream.Scope.AccountId} has reached this limit.");

    public static AwsException OnDemand(StreamSnapshot stream) =>
        Validation($"Request is invalid. Stream {stream.Name} under account {stream.Scope.AccountId} is in On-Demand mode.");

    public static AwsException RetentionTooShort(int hours) =>
        InvalidArgument($"Minimum allowed retention period is 24 hours. Requested retention period ({hours} hours) is too short.");

    public static AwsException RetentionTooLong(int hours) =>
        InvalidArgument($"Maximum allowed retention period is 8760 hours. Requested retention period ({hours} hours) is too long.");

    public static AwsException RetentionNotLonger(StreamSnapshot stream, int hours) => InvalidArgument(
        $"Requested retention period ({hours} hours) for stream {stream.Name} can not be shorter than existing retention period ({stream.Settings.RetentionHours} hours). Use DecreaseRetentionPeriod API.");

    public static AwsException RetentionNotShorter(StreamSnapshot stream, int hours) => InvalidArgument(
        $"Requested retention period ({hours} hours) for stream {stream.Name} can not be longer than existing retention period ({stream.Settings.RetentionHours} hours). Use IncreaseRetentionPeriod API.");

    public static AwsException ExpiredNextToken() => new("ExpiredNextTokenException", "The specified NextToken has expired.");

    public static AwsException InvalidNextToken() => InvalidArgument("NextToken is invalid.");

    /// <summary>The token says already what else was given.</summary>
    public static AwsException TokenWith(string other) => InvalidArgument($"NextToken and {other} cannot be provided together.");

    public static AwsException TagCharacters() =>
        InvalidArgument("Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @ :.");

    /// <summary>The sign that AWS's own list of valid characters has, and refuses.</summary>
    /// <param name="change">Such as <c>add tags to stream orders</c>.</param>
    public static AwsException TagPercent(string change, AwsScope scope) => InvalidArgument(
        $"Failed to {change} under account {scope.AccountId} because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@',':'.");

    /// <param name="kind"><c>stream</c> or <c>consumer</c>.</param>
    public static AwsException TooManyTags(string kind, string name, AwsScope scope, int max) =>
        InvalidArgument($"Failed to add tags to {kind} {name} under account {scope.AccountId} because a given {kind} cannot have more than {max} tags associated with it.");

    public static AwsException ConsumerNotFound(AwsScope scope, string consumer) => ResourceNotFound($"Consumer {consumer}, account {scope.AccountId} not found.");

    public static AwsException ConsumerNotActive(StreamSnapshot stream, ConsumerRecord consumer) => ResourceInUse(
        $"Consumer {consumer.Name} with creation timestamp {consumer.CreatedAt.ToUnixTimeSeconds()} under stream: {stream.Name} , account {stream.Scope.AccountId} is not in ACTIVE status.");

    /// <summary>The consumer reads this shard already, or has begun to less than 5 seconds ago; also the end of a subscription that another one has taken over.</summary>
    public static AwsException AlreadySubscribed(StreamSnapshot stream, Shard shard, ConsumerRecord consumer) =>
        ResourceInUse($"Another active subscription exists for this consumer: {stream.Scope.AccountId}:{stream.Name}:{shard.Id}:{consumer.Name}");

    public static AwsException ConsumerExists(StreamSnapshot stream, string name) =>
        ResourceInUse($"Consumer {name} under stream {stream.Name} under account {stream.Scope.AccountId} already exists.");

    public static AwsException TooManyConsumers(StreamSnapshot stream, int max) =>
        LimitExceeded($"Stream {stream.Name} under account {stream.Scope.AccountId} has reached its limit of {max} registered consumers.");

    public static AwsException InvalidHashKey(string key) =>
        InvalidArgument($"Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was {key}");

    public static AwsException RecordTooLarge(StreamSnapshot stream, int bytes) => InvalidArgument(
        $"Record size {bytes} bytes exceeds the maximum record size of {stream.MaxRecordBytes} bytes of stream {stream.Name}. Data and partition key count; UpdateMaxRecordSize raises it.");

    public static AwsException InvalidOrdering(StreamSnapshot stream, string number) =>
        InvalidArgument($"ExclusiveMinimumSequenceNumber {number} used in PutRecord on stream {stream.Name} under account {stream.Scope.AccountId} is invalid.");

    public static AwsException InvalidKmsKey(string name) => new("KMSNotFoundException", $"Invalid keyId {name}");

    public static AwsException KmsKeyOfOtherRegion(string region) => new("KMSNotFoundException", $"Invalid arn {region}");

    public static AwsException NotTheStreamsKey(StreamSnapshot stream, string keyId) =>
        InvalidArgument($"KeyId {keyId} is not the key that stream {stream.Name} under account {stream.Scope.AccountId} is encrypted with: {stream.Settings.KeyId}.");

    /// <summary>The shard has no throughput left. Entries of PutRecords carry code and message.</summary>
    public static AwsException RateExceeded(StreamSnapshot stream, Shard shard) =>
        new("ProvisionedThroughputExceededException", $"Rate exceeded for shard {shard.Id} in stream {stream.Name} under account {stream.Scope.AccountId}.");

    /// <summary>A tag that only Tarn has.</summary>
    public static AwsException InvalidTag(string key, string value, string takes) => InvalidArgument($"The tag {key} takes {takes}. Specified value was {value}");

    public static AwsException UnknownTag(string key, IEnumerable<string> known) =>
        InvalidArgument($"There is no tag {key}: tags that begin with tarn: are Tarn's own. Known are {string.Join(", ", known)}.");

    /// <summary>A request with DryRun that would have been done.</summary>
    public static AwsException DryRun() => new("DryRunOperationException", "The request was rejected because the DryRun parameter was specified.");

    /// <summary>The log keeps a limited number of shards, open ones and closed ones that have not expired, of all streams together.</summary>
    public static AwsException LogIsFull(StreamSnapshot stream) => LimitExceeded(
        $"The shards of stream {stream.Name} would be more than the server can keep. Closed shards count until their retention has passed: delete streams, or shorten their retention.");

    public static AwsException InternalFailure() => new("InternalFailureException", "Internal Service Failure.", 500);

    public static AwsException StartNeeded(string type, bool hasStart) => InvalidArgument(
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. " +
        $"Request specified {type} and {(hasStart ? "also a" : "no")} StartingSequenceNumber.");

    public static AwsException TimestampNeeded(string type, bool hasTimestamp) => InvalidArgument(
        "Must either specify (1) AT_TIMESTAMP and timestamp or (2) any other type and no timestamp. " +
        $"Request specified {type} and {(hasTimestamp ? "also a" : "no")} timestamp.");

    public static AwsException TimestampInFuture(DateTimeOffset timestamp, DateTimeOffset now) => InvalidArgument(
        "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. " +
        $"timestampInMillis: {timestamp.ToUnixTimeMilliseconds()}, currentTimestampInMillis: {now.ToUnixTimeMilliseconds()}");

    public static AwsException InvalidStart(StreamSnapshot stream, string shard, string number, string operation) =>
        InvalidArgument($"{UsedStart(stream, shard, number, operation)} is invalid.");

    public static AwsException StartOfOtherStream(StreamSnapshot stream, string shard, string number, string operation) =>
        InvalidArgument($"{UsedStart(stream, shard, number, operation)} is invalid because it did not come from this stream.");

    public static AwsException StartOfOtherShard(string own, string asked) =>
        InvalidArgument($"Invalid StartingSequenceNumber. It encodes {own}, while it was used in a call to a shard with {asked}");

    public static AwsException InvalidIterator() => InvalidArgument("Invalid ShardIterator.");

    public static AwsException ExpiredIterator(DateTimeOffset made, DateTimeOffset now, TimeSpan lifetime) => new(
        "ExpiredIteratorException",
        $"Iterator expired. The iterator was created at time {made:ddd MMM dd HH:mm:ss} UTC {made:yyyy} while right now it is {now:ddd MMM dd HH:mm:ss} UTC {now:yyyy} which is further in the future than the tolerated delay of {lifetime.TotalMilliseconds:F0} milliseconds.");

    private static string UsedStart(StreamSnapshot stream, string shard, string number, string operation) =>
        $"StartingSequenceNumber {number} used in {operation} on shard {shard} in stream {stream.Name} under account {stream.Scope.AccountId}";
}
