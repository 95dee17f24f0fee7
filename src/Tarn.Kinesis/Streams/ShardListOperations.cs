using System.Text.Json;
using System.Text.Json.Serialization;
using Tarn.Api.Kinesis;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Streams;

/// <summary>ListShards: pages of a stream's shards through a filter.</summary>
internal sealed class ShardListOperations(StreamStore streams, KinesisOptions options, TimeProvider time)
{
    private const int ListedShardsMax = 1_000;

    public async ValueTask<ListShardsOutput> ListShards(ListShardsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var list = $"ListShards/{context.Scope}";
        var position = Decode(list, request);
        var reference = position is null
            ? StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId)
            : StreamReference.Of(context, name: null, arn: null, position.Stream);
        var stream = await streams.GetAsync(reference, cancellationToken);
        if (request.StreamCreationTimestamp is { } creation && creation.ToUnixTimeSeconds() != stream.Record.CreatedAt.ToUnixTimeSeconds())
        {
            throw KinesisErrors.StreamNotFound(context.Scope, stream.Name);
        }

        var filter = position is null ? request.ShardFilter : position.Filter();
        var after = position?.After ?? (request.ExclusiveStartShardId is { } start ? ShardLists.ParseId(stream, start) : -1);
        var size = Math.Min(request.MaxResults ?? ListedShardsMax, ListedShardsMax);
        var rows = ShardLists.Filter(stream, filter, time.GetUtcNow()).Where(shard => shard.Index > after).Take(size + 1).ToList();
        var expires = time.GetUtcNow() + options.NextTokenLifetime;
        var (page, next) = PageToken.Cut(rows, size, list, last => JsonSerializer.Serialize(ShardListPosition.Of(stream, filter, last.Index, expires), ShardListJson.Default.ShardListPosition));
        return new ListShardsOutput { Shards = [.. page.Select(StreamMapping.ToShape)], NextToken = next };
    }

    private ShardListPosition? Decode(string list, ListShardsInput request)
    {
        if (request.NextToken is null)
        {
            return request.StreamName is null && request.StreamARN is null && request.StreamId is null
                ? throw KinesisErrors.InvalidArgument("Either NextToken or StreamName should be provided.")
                : null;
        }

        // Botocore's paginator and the AWS CLI send the stream again with the token, and AWS refuses it from them too: boto/botocore#2009, aws/aws-cli#9635.
        var other = request.StreamName is not null ? "StreamName"
            : request.StreamARN is not null ? "StreamARN"
            : request.ExclusiveStartShardId is not null ? "ExclusiveStartShardId"
            : request.StreamCreationTimestamp is not null ? "StreamCreationTimestamp"
            : null;
        if (other is not null)
        {
            throw KinesisErrors.TokenWith(other);
        }

        var text = PageToken.DecodeText(list, request.NextToken, KinesisErrors.InvalidNextToken) ?? throw KinesisErrors.InvalidNextToken();
        var position = JsonSerializer.Deserialize(text, ShardListJson.Default.ShardListPosition)!;
        return position.Expires > time.GetUtcNow() ? position : throw KinesisErrors.ExpiredNextToken();
    }
}

/// <summary>What the NextToken of ListShards carries.</summary>
internal sealed record ShardListPosition(string Stream, int After, DateTimeOffset Expires, string? Type, string? Shard, DateTimeOffset? Timestamp)
{
    public static ShardListPosition Of(StreamSnapshot stream, ShardFilter? filter, int after, DateTimeOffset expires) =>
        new(stream.Id, after, expires, filter?.Type, filter?.ShardId, filter?.Timestamp);

    public ShardFilter? Filter() => Type is null ? null : new ShardFilter { Type = Type, ShardId = Shard, Timestamp = Timestamp };
}

[JsonSerializable(typeof(ShardListPosition))]
internal sealed partial class ShardListJson : JsonSerializerContext;
