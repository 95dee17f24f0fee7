namespace Tarn.Lake.Files;

/// <summary>Refuses a file system on which the lake could be wrong, at start rather than later.</summary>
internal static class FileSystemCheck
{
    public static void Run(StagingFolder staging)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new LakeException("The lake needs Linux: it resolves paths, syncs folders and renames through its system calls.");
        }

        using var file = staging.CreateFile();
        var upper = Path.Combine(staging.Path, file.Name.ToUpperInvariant() + "x");
        using (File.Create(Path.Combine(staging.Path, file.Name.ToLowerInvariant() + "X")))
        {
        }

        var folds = File.Exists(upper);
        File.Delete(Path.Combine(staging.Path, file.Name.ToLowerInvariant() + "X"));
        if (folds)
        {
            throw new LakeException($"The lake's file system at '{staging.Path}' does not tell 'a' from 'A': two keys would be one file. Use a case-sensitive file system.");
        }

        const long Probe = 1_700_000_000_123_457_000;
        if (Native.SetModified(file.Handle, Probe) < 0 || Native.Stat(file.Handle, out var facts) < 0 || facts.ModifiedNs != Probe)
        {
            throw new LakeException($"The lake's file system at '{staging.Path}' does not keep modification times to the microsecond, by which Tarn knows that a file was changed by another tool.");
        }
    }
}
