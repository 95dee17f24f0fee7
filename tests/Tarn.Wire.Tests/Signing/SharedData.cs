namespace Tarn.Wire.Tests.Signing;

/// <summary>Finds the test data that lies beside the checkout, where there is any.</summary>
internal static class SharedData
{
    /// <summary>The path of a folder under <c>../shared/data</c> as seen from the repository; null when it is not there.</summary>
    public static string? Find(string folder)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Tarn.slnx")))
        {
            directory = directory.Parent;
        }

        if (directory?.Parent is null)
        {
            return null;
        }

        var path = Path.Combine(directory.Parent.FullName, "shared", "data", folder);
        return Directory.Exists(path) ? path : null;
    }
}
