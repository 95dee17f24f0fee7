using System.Security.Cryptography;

namespace Tarn.Wire.Signing;

/// <summary>A random key in a file of the data folder, so that what it signed or sealed outlives a restart.</summary>
public static class KeyFile
{
    /// <summary>Reads the key, or makes the file, readable by its owner alone.</summary>
    /// <param name="size">Bytes of the key.</param>
    /// <param name="whatEnds">What is void when the file is removed, for the message: <c>temporary credentials given out so far</c>.</param>
    /// <exception cref="InvalidDataException">The file is there and has another size.</exception>
    public static byte[] ReadOrMake(string path, int size, string whatEnds)
    {
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var beside = path + ".new";
            using (var file = new FileStream(beside, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(size));
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: false);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == size ? key : throw new InvalidDataException($"{path}: expected a key of {size} bytes, found {key.Length}. Remove it to make a new one; {whatEnds} end.");
    }
}
