namespace Tarn.Server.Tests.Corpora;

/// <summary>Data of others beside the checkout, with which the tests are skipped when it is absent.</summary>
internal static class CorpusFolder
{
    public static string Find(string topic)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tarn.slnx")))
            {
                var path = Path.Combine(folder.Parent!.FullName, "shared", "data", topic);
                if (!Directory.Exists(path))
                {
                    Assert.Skip($"There is no {path}");
                }

                return path;
            }
        }

        Assert.Skip("The tests do not run inside a checkout");
        return "";
    }
}
