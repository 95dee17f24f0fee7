using System.Text;
using System.Text.Json;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// Finds which wanted member a name is: the exact one first, then without regard to case. Objects of a file mostly have their members in one order, so a name is first
/// compared with the one that stood at its place before. Belongs to one thread.
/// </summary>
internal sealed class JsonMembers
{
    private const int RememberedPlaces = 64;
    private const int RememberedBytesMax = 256;

    private readonly string[] names;
    private readonly byte[][] utf8;
    private readonly bool isCaseSensitive;
    private readonly (byte[]? Name, int Index)[] places = new (byte[]?, int)[RememberedPlaces];

    public JsonMembers(string[] names, bool isCaseSensitive)
    {
        this.names = names;
        this.isCaseSensitive = isCaseSensitive;
        utf8 = [.. names.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The index of the name at which the reader stands; -1 when it is not wanted.</summary>
    /// <param name="ordinal">The member's place in its object, from 0.</param>
    public int Find(ref Utf8JsonReader reader, int ordinal)
    {
        if (ordinal >= RememberedPlaces || reader.ValueIsEscaped || reader.ValueSpan.Length > RememberedBytesMax)
        {
            return Search(ref reader);
        }

        var (name, index) = places[ordinal];
        if (name is not null && reader.ValueSpan.SequenceEqual(name))
        {
            return index;
        }

        index = Search(ref reader);
        places[ordinal] = (reader.ValueSpan.ToArray(), index);
        return index;
    }

    private int Search(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < utf8.Length; i++)
        {
            if (reader.ValueTextEquals(utf8[i]))
            {
                return i;
            }
        }

        if (isCaseSensitive)
        {
            return -1;
        }

        var name = reader.GetString();
        return Array.FindIndex(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
    }
}
