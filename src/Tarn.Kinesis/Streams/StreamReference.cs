using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Streams;

/// <summary>How a request names a stream: by name, ARN or id, or several of them, which then must agree.</summary>
internal readonly record struct StreamReference(AwsScope Scope, string Caller, string? Name, string? Arn, string? Id)
{
    public static StreamReference Of(RequestContext context, string? name, string? arn, string? id) => new(context.Scope, context.CallerArn, name, arn, id);

    /// <summary>What messages call the stream before it was looked for.</summary>
    public string Label => Name ?? (Arn is not null && StreamArn.TryParse(Arn, out _, out var name, out _) ? name : Id ?? "");

    /// <summary>The stream; throws <c>ResourceNotFoundException</c> when there is none, <c>InvalidArgumentException</c> when the names do not agree.</summary>
    public StreamSnapshot Find(StreamDirectory directory)
    {
        var stream = Arn is not null ? FindByArn(directory, Arn)
            : Name is not null ? (directory.TryFind(Scope, Name, out var named) ? named : throw KinesisErrors.StreamNotFound(Scope, Name))
            : Id is not null ? FindById(directory, Id)
            : throw KinesisErrors.NoStream();
        return (Name is null || Name == stream.Name) && (Id is null || Id == stream.Id) ? stream : throw KinesisErrors.StreamsDiffer();
    }

    private StreamSnapshot FindByArn(StreamDirectory directory, string arn)
    {
        if (directory.TryFindByArn(arn, out var stream) && stream.Scope == Scope)
        {
            return stream;
        }

        if (!StreamArn.TryParse(arn, out var scope, out var name, out var below) || below.Length > 0)
        {
            throw KinesisErrors.InvalidArn(arn);
        }

        throw scope.AccountId == Scope.AccountId ? KinesisErrors.StreamNotFound(Scope, name) : KinesisErrors.AccessDenied(Caller, arn);
    }

    private StreamSnapshot FindById(StreamDirectory directory, string id) =>
        directory.TryFindById(id, out var stream) && stream.Scope == Scope ? stream : throw KinesisErrors.ResourceNotFound($"Stream with the id {id} under account {Scope.AccountId} not found.");
}
