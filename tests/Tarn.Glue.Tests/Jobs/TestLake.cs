using System.Runtime.CompilerServices;
using Tarn.Contracts;
using Tarn.Contracts.Lake;

namespace Tarn.Glue.Tests.Jobs;

/// <summary>A lake of one folder: buckets are folders, objects files. Enough for jobs, which see no more of the real one.</summary>
internal sealed class TestLake : ILake
{
    private readonly string root;

    public TestLake(string root)
    {
        this.root = Directory.CreateDirectory(Path.Combine(root, "lake")).FullName;
        StagingDirectory = Directory.CreateDirectory(Path.Combine(root, "staging")).FullName;
    }

    public string StagingDirectory { get; }

    /// <summary>Called before a file becomes an object, with the object's key.</summary>
    public Func<string, Task> OnAdopt { get; set; } = _ => Task.CompletedTask;

    public ValueTask<bool> BucketExistsAsync(AwsScope scope, string bucket, CancellationToken cancellationToken) => new(Directory.Exists(Path.Combine(root, bucket)));

    public async IAsyncEnumerable<LakeObject> ListAsync(AwsScope scope, string bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var folder = Path.Combine(root, bucket);
        foreach (var key in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            yield return Describe(bucket, key);
        }
    }

    public ValueTask<LakeObject?> HeadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken) =>
        new(File.Exists(PathOf(bucket, key)) ? Describe(bucket, key) : null);

    public ValueTask<Stream> OpenReadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken) =>
        File.Exists(PathOf(bucket, key)) ? new(File.OpenRead(PathOf(bucket, key))) : throw new AwsException("NoSuchKey", "The specified key does not exist.", 404);

    public async ValueTask<LakeObject> PutAsync(AwsScope scope, string bucket, string key, Stream content, string? contentType, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.Combine(root, bucket)))
        {
            throw new AwsException("NoSuchBucket", "The specified bucket does not exist", 404);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(bucket, key))!);
        await using var file = File.Create(PathOf(bucket, key));
        await content.CopyToAsync(file, cancellationToken);
        return Describe(bucket, key);
    }

    public async ValueTask<LakeObject> AdoptAsync(AwsScope scope, string bucket, string key, string file, string? contentType, CancellationToken cancellationToken)
    {
        await OnAdopt(key);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(bucket, key))!);
        File.Move(file, PathOf(bucket, key));
        return Describe(bucket, key);
    }

    public ValueTask<bool> DeleteAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken)
    {
        var isThere = File.Exists(PathOf(bucket, key));
        if (isThere)
        {
            File.Delete(PathOf(bucket, key));
        }

        return new(isThere);
    }

    public void CreateBucket(string bucket) => Directory.CreateDirectory(Path.Combine(root, bucket));

    public void Put(string bucket, string key, string content) => Put(bucket, key, System.Text.Encoding.UTF8.GetBytes(content));

    public void Put(string bucket, string key, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(bucket, key))!);
        File.WriteAllBytes(PathOf(bucket, key), content);
    }

    public string Text(string bucket, string key) => File.ReadAllText(PathOf(bucket, key));

    public string[] Keys(string bucket, string prefix) =>
        [.. Directory.EnumerateFiles(Path.Combine(root, bucket), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Path.Combine(root, bucket), path)).Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The lines of all objects below a prefix, sorted.</summary>
    public string[] Lines(string bucket, string prefix) => [.. Keys(bucket, prefix).SelectMany(key => File.ReadAllLines(PathOf(bucket, key))).Order(StringComparer.Ordinal)];

    private string PathOf(string bucket, string key) => Path.Combine(root, bucket, key);

    private LakeObject Describe(string bucket, string key)
    {
        var file = new FileInfo(PathOf(bucket, key));
        return new LakeObject(bucket, key, file.Length, "\"etag\"", file.LastWriteTimeUtc, file.FullName);
    }
}
