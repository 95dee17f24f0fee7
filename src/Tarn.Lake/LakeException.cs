namespace Tarn.Lake;

/// <summary>The lake cannot be opened as the settings and the disk are: a mount without a folder, a file system that is no place for objects. The message says what to change.</summary>
public sealed class LakeException(string message) : Exception(message);
