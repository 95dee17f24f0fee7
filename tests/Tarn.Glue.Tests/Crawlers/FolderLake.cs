using System.Runtime.CompilerServices;
using System.Text;
using Tarn.Contracts;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Tests.Crawlers;

/// <summary>A lake over a plain folder: each folder in it is a bucket. Keys are paths, in the order of their bytes.</summary>
internal sealed class FolderLake(string root) : ILake
{
    /// <summary>Called before a file is opened; tests block or fail here.</summary>
    public Func<string, CancellationToken, Task>? Opening { get; set; }

    /// <summary>How many files were opened.</summary>
    public int Opened => opened;

    private int opened;

    public string StagingDirectory => root;

    public ValueTask<bool> BucketExistsAsync(AwsScope scope, string bucket, CancellationToken cancellationToken) => ValueTask.FromResult(Directory.Exists(Path.Combine(root, bucket)));

    public async IAsyncEnumerable<LakeObject> ListAsync(AwsScope scope, string bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var folder = Path.Combine(root, bucket);
        if (!Directory.Exists(folder))
        {
            throw new AwsException("NoSuchBucket", "The specified bucket does not exist", 404);
        }

        var keys = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Order(Comparer<string>.Create((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right))));
        foreach (var key in keys)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Found(bucket, key)!;
        }
    }

    public ValueTask<LakeObject?> HeadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken) => ValueTask.FromResult(Found(bucket, key));

    public async ValueTask<Stream> OpenReadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref opened);
        if (Opening is not null)
        {
            await Opening(key, cancellationToken);
        }

        return File.OpenRead(Path.Combine(root, bucket, key));
    }

    public async ValueTask<LakeObject> PutAsync(AwsScope scope, string bucket, string key, Stream content, string? contentType, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, bucket, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = File.Create(path);
        await content.CopyToAsync(file, cancellationToken);
        return Found(bucket, key)!;
    }

    public ValueTask<LakeObject> AdoptAsync(AwsScope scope, string bucket, string key, string file, string? contentType, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> DeleteAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, bucket, key);
        var existed = File.Exists(path);
        File.Delete(path);
        return ValueTask.FromResult(existed);
    }

    private LakeObject? Found(string bucket, string key)
    {
        var path = Path.Combine(root, bucket, key);
        return File.Exists(path) ? new LakeObject(bucket, key, new FileInfo(path).Length, "\"etag\"", File.GetLastWriteTimeUtc(path), path) : null;
    }
}
