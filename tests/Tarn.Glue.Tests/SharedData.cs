namespace Tarn.Glue.Tests;

/// <summary>The corpora beside the checkout. Tests that need them skip when they are absent.</summary>
internal static class SharedData
{
    public static string Folder(string name)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Tarn.slnx")))
        {
            directory = directory.Parent;
        }

        var folder = directory is null ? "" : Path.GetFullPath(Path.Combine(directory.FullName, "..", "shared", "data", name));
        if (!Directory.Exists(folder))
        {
            Assert.Skip($"../shared/data/{name} is not here.");
        }

        return folder;
    }
}
