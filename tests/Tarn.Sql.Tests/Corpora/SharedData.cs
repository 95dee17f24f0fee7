namespace Tarn.Sql.Tests.Corpora;

/// <summary>Public test corpora that lie beside the checkout and are no part of it; tests that need them are skipped where they are absent.</summary>
internal static class SharedData
{
    public static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tarn.slnx")))
            {
                var candidates = new[] { Path.Combine(folder.FullName, "..", "shared", "data", name), Path.Combine(Environment.GetEnvironmentVariable("TARN_SHARED_DATA") ?? "/nowhere", name) };
                if (candidates.FirstOrDefault(Directory.Exists) is { } found)
                {
                    return found;
                }
            }
        }

        Assert.Skip($"shared data '{name}' is not beside the checkout");
        return "";
    }
}
