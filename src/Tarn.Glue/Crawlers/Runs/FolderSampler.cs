using Tarn.Contracts.Lake;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>A file to read.</summary>
/// <param name="Path">Relative to the include path.</param>
/// <param name="Unread">Files of the same folder that are only counted.</param>
internal readonly record struct SampledFile(string Path, LakeObject Object, FileCounts Unread);

/// <summary>
/// Picks the files of each folder that are read: all of them, or a random few (the target's SampleSize). Files go in by key and come out in folder order, a folder's own after those below
/// it. Holds the folders from the root to the current file, and the picked files of each. One thread at a time.
/// </summary>
internal sealed class FolderSampler(int? sampleSize, Random random)
{
    private readonly Stack<Folder> open = new();

    /// <summary>Takes a file, and gives back what is settled by it.</summary>
    public IEnumerable<SampledFile> Add(string path, LakeObject found)
    {
        if (sampleSize is not { } size)
        {
            return [new SampledFile(path, found, default)];
        }

        var name = path[..(path.LastIndexOf('/') + 1)];
        var settled = new List<SampledFile>();
        while (open.Count > 0 && !name.StartsWith(open.Peek().Path, StringComparison.Ordinal))
        {
            settled.AddRange(open.Pop().Picked());
        }

        if (open.Count == 0 || open.Peek().Path != name)
        {
            open.Push(new Folder(name));
        }

        open.Peek().Add(path, found, size, random);
        return settled;
    }

    /// <summary>What is left when there are no more files.</summary>
    public IEnumerable<SampledFile> Finish()
    {
        while (open.TryPop(out var folder))
        {
            foreach (var file in folder.Picked())
            {
                yield return file;
            }
        }
    }

    private sealed class Folder(string path)
    {
        private readonly List<(string Path, LakeObject Object)> picked = [];
        private long files;
        private long bytes;

        public string Path { get; } = path;

        /// <summary>Reservoir sampling: each file of the folder has the same chance.</summary>
        public void Add(string path, LakeObject found, int size, Random random)
        {
            files++;
            bytes += found.Size;
            if (picked.Count < size)
            {
                picked.Add((path, found));
            }
            else if (random.NextInt64(files) is var place && place < size)
            {
                picked[(int)place] = (path, found);
            }
        }

        public IEnumerable<SampledFile> Picked()
        {
            var rest = new FileCounts(files - picked.Count, bytes - picked.Sum(file => file.Object.Size), 0, 0, 0, 0, 0);
            return picked.OrderBy(file => file.Path, StringComparer.Ordinal).Select((file, index) => new SampledFile(file.Path, file.Object, index == 0 ? rest : default));
        }
    }
}
