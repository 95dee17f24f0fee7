namespace Tarn.Glue.Classifiers;

/// <summary>All that was seen of one JSON value across records: gathers kinds, then answers a Hive type. One thread at a time.</summary>
internal sealed class JsonShape
{
    private bool sawInt;
    private bool sawBigInt;
    private bool sawDouble;
    private bool sawBoolean;
    private bool sawString;
    private bool sawObject;
    private Dictionary<string, int>? places;
    private List<(string Name, JsonShape Shape)>? fields;
    private JsonShape? element;

    /// <summary>Members in order of first sight; names that differ in case only are one.</summary>
    public IReadOnlyList<(string Name, JsonShape Shape)> Fields => fields ?? [];

    public void AddInteger(long value)
    {
        sawInt |= value is >= int.MinValue and <= int.MaxValue;
        sawBigInt |= value is < int.MinValue or > int.MaxValue;
    }

    public void AddDouble() => sawDouble = true;

    public void AddBoolean() => sawBoolean = true;

    public void AddString() => sawString = true;

    public void AddObject() => sawObject = true;

    /// <summary>The shape of the elements of an array.</summary>
    public JsonShape Element() => element ??= new JsonShape();

    public JsonShape Member(string name)
    {
        places ??= new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        fields ??= [];
        if (!places.TryGetValue(name, out var place))
        {
            place = fields.Count;
            places.Add(name, place);
            fields.Add((name, new JsonShape()));
        }

        return fields[place].Shape;
    }

    /// <summary>
    /// The type that holds all that was seen: numbers widen, other mixtures are <c>string</c>. An object without members is unknown, and one with a member name that a
    /// Hive type string cannot hold is <c>string</c>: its JSON text.
    /// </summary>
    public HiveType ToHiveType()
    {
        var number = sawInt || sawBigInt || sawDouble;
        var kinds = (number ? 1 : 0) + (sawBoolean ? 1 : 0) + (sawString ? 1 : 0) + (sawObject ? 1 : 0) + (element is not null ? 1 : 0);
        return kinds switch
        {
            0 => HiveType.Unknown,
            > 1 => HiveType.String,
            _ when sawDouble => HiveType.Double,
            _ when sawBigInt => HiveType.BigInt,
            _ when sawInt => HiveType.Int,
            _ when sawBoolean => HiveType.Boolean,
            _ when sawString => HiveType.String,
            _ when element is not null => new HiveArray(element.ToHiveType()),
            _ => StructType(),
        };
    }

    private HiveType StructType()
    {
        if (Fields.Count == 0)
        {
            return HiveType.Unknown;
        }

        return Fields.Any(field => field.Name.Length == 0 || field.Name.AsSpan().ContainsAny(",:<>"))
            ? HiveType.String
            : new HiveStruct([.. Fields.Select(field => new HiveField(field.Name, field.Shape.ToHiveType()))]);
    }
}
