namespace Tarn.Lake.Listing;

/// <summary>
/// One entry of a folder as a listing sees it. The sort key is the bytes of the key's component, and for a folder a slash behind
/// them: sorted by it, a walk through the tree meets all keys in the order of their bytes.
/// </summary>
internal readonly record struct FolderEntry(ReadOnlyMemory<byte> SortKey, FolderEntryKind Kind)
{
    public bool IsFolder => Kind == FolderEntryKind.Folder;
}

internal enum FolderEntryKind : byte
{
    /// <summary>An object at its plain (or escaped) place.</summary>
    File = 0,

    /// <summary>An object beside the folder of its name.</summary>
    FileBeside = 1,

    Folder = 2,
}
