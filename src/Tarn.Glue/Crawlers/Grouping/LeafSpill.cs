using System.Text;
using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Crawlers.Grouping;

/// <summary>
/// The leaf folders of a crawl, in a scratch file: they are many, and are needed once more only when their table is written. They are appended as folders close, so all that
/// one fold has under one folder is one range. The file goes with the object (and with the process). One thread at a time.
/// </summary>
internal sealed class LeafSpill : IDisposable
{
    private readonly FileStream file;
    private readonly BinaryWriter writer;
    private readonly List<FileSchema> schemas = [];
    private readonly Dictionary<FileSchema, int> numbers = [];
    private int folds;

    /// <param name="directory">An existing folder for scratch files.</param>
    public LeafSpill(string directory)
    {
        file = new FileStream(
            Path.Combine(directory, $"crawl-{Guid.NewGuid():N}.tmp"),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Options = FileOptions.DeleteOnClose,
                BufferSize = 64 * 1024,
            });
        writer = new BinaryWriter(file, Encoding.UTF8);
    }

    /// <summary>Deletes what a process that was killed left. Called before the first crawl.</summary>
    public static void DeleteLeftovers(string directory)
    {
        foreach (var left in Directory.EnumerateFiles(directory, "crawl-*.tmp"))
        {
            File.Delete(left);
        }
    }

    /// <summary>Where the next leaf will stand.</summary>
    public long Position => file.Length;

    /// <summary>A number for one more fold that writes here.</summary>
    public int AddFold() => ++folds;

    public LeafRange Append(LeafFolder leaf, int fold)
    {
        if (!numbers.TryGetValue(leaf.Schema, out var number))
        {
            number = schemas.Count;
            schemas.Add(leaf.Schema);
            numbers.Add(leaf.Schema, number);
        }

        file.Position = file.Length;
        var start = file.Position;
        writer.Write7BitEncodedInt(fold);
        writer.Write(leaf.Path);
        writer.Write7BitEncodedInt(number);
        writer.Write7BitEncodedInt64(leaf.Counts.Files);
        writer.Write7BitEncodedInt64(leaf.Counts.Bytes);
        writer.Write7BitEncodedInt64(leaf.Counts.SampledRecords);
        writer.Write7BitEncodedInt64(leaf.Counts.SampledBytes);
        writer.Write7BitEncodedInt64(leaf.Counts.CountedRecords);
        writer.Write7BitEncodedInt64(leaf.Counts.CountedFiles);
        writer.Write7BitEncodedInt64(leaf.Counts.HeadersInDoubt);
        return new LeafRange(start, file.Position, fold);
    }

    /// <summary>The leaves of a range, in the order of their keys. Nothing may be appended while this runs.</summary>
    public IEnumerable<LeafFolder> Read(LeafRange range)
    {
        file.Position = range.Start;
        using var reader = new BinaryReader(file, Encoding.UTF8, leaveOpen: true);
        while (file.Position < range.End)
        {
            var fold = reader.Read7BitEncodedInt();
            var path = reader.ReadString();
            var schema = schemas[reader.Read7BitEncodedInt()];
            var leaf = new LeafFolder(path, schema, new FileCounts(
                reader.Read7BitEncodedInt64(),
                reader.Read7BitEncodedInt64(),
                reader.Read7BitEncodedInt64(),
                reader.Read7BitEncodedInt64(),
                reader.Read7BitEncodedInt64(),
                reader.Read7BitEncodedInt64(),
                reader.Read7BitEncodedInt64()));
            if (fold == range.Fold)
            {
                yield return leaf;
            }
        }
    }

    public void Dispose()
    {
        writer.Dispose();
        file.Dispose();
    }
}
