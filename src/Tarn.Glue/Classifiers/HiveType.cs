using System.Text;

namespace Tarn.Glue.Classifiers;

/// <summary>
/// A column type as the Data Catalog writes it: a Hive type string such as <c>struct&lt;a:int,b:array&lt;string&gt;&gt;</c>. Immutable; two types
/// are equal when their <see cref="Signature"/>s are.
/// </summary>
internal abstract class HiveType : IEquatable<HiveType>
{
    public static readonly HiveType TinyInt = new HivePrimitive("tinyint");
    public static readonly HiveType SmallInt = new HivePrimitive("smallint");
    public static readonly HiveType Int = new HivePrimitive("int");
    public static readonly HiveType BigInt = new HivePrimitive("bigint");
    public static readonly HiveType Float = new HivePrimitive("float");
    public static readonly HiveType Double = new HivePrimitive("double");
    public static readonly HiveType Boolean = new HivePrimitive("boolean");
    public static readonly HiveType String = new HivePrimitive("string");
    public static readonly HiveType Binary = new HivePrimitive("binary");
    public static readonly HiveType Date = new HivePrimitive("date");
    public static readonly HiveType Timestamp = new HivePrimitive("timestamp");

    /// <summary>Nothing but nulls was seen: gives way to any other type, and is written as <c>string</c>.</summary>
    public static readonly HiveType Unknown = new HivePrimitive("string", "?");

    private string? text;
    private string? signature;

    /// <summary>Reads a Hive type string. What is not understood (<c>char(3)</c>, <c>uniontype&lt;...&gt;</c>) is kept as a primitive of that spelling.</summary>
    public static HiveType Parse(string text) => new HiveTypeParser(text).Parse();

    /// <summary>The type string with <c>?</c> for what is unknown: two types are equal when these are.</summary>
    public string Signature => signature ??= Write(marksUnknown: true);

    public bool Equals(HiveType? other) => other is not null && (ReferenceEquals(this, other) || Signature == other.Signature);

    public override bool Equals(object? obj) => Equals(obj as HiveType);

    public override int GetHashCode() => Signature.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => text ??= Write(marksUnknown: false);

    protected internal abstract void Write(StringBuilder builder, bool marksUnknown);

    private string Write(bool marksUnknown)
    {
        var builder = new StringBuilder();
        Write(builder, marksUnknown);
        return builder.ToString();
    }
}

/// <param name="marked">How it is written where unknown types are marked.</param>
internal sealed class HivePrimitive(string name, string marked) : HiveType
{
    public HivePrimitive(string name)
        : this(name, name)
    {
    }

    protected internal override void Write(StringBuilder builder, bool marksUnknown) => builder.Append(marksUnknown ? marked : name);
}

/// <param name="Precision">1 to 38 digits.</param>
internal sealed class HiveDecimal(int precision, int scale) : HiveType
{
    public const int PrecisionMax = 38;

    public int Precision { get; } = precision;

    public int Scale { get; } = scale;

    protected internal override void Write(StringBuilder builder, bool marksUnknown) => builder.Append("decimal(").Append(Precision).Append(',').Append(Scale).Append(')');
}

internal sealed class HiveArray(HiveType element) : HiveType
{
    public HiveType Element { get; } = element;

    protected internal override void Write(StringBuilder builder, bool marksUnknown)
    {
        builder.Append("array<");
        Element.Write(builder, marksUnknown);
        builder.Append('>');
    }
}

internal sealed class HiveMap(HiveType key, HiveType value) : HiveType
{
    public HiveType Key { get; } = key;

    public HiveType Value { get; } = value;

    protected internal override void Write(StringBuilder builder, bool marksUnknown)
    {
        builder.Append("map<");
        Key.Write(builder, marksUnknown);
        builder.Append(',');
        Value.Write(builder, marksUnknown);
        builder.Append('>');
    }
}

/// <summary>A struct. Field names keep the case of the source, as Glue's crawlers keep it; they are matched without it.</summary>
internal sealed class HiveStruct(IReadOnlyList<HiveField> fields) : HiveType
{
    public IReadOnlyList<HiveField> Fields { get; } = fields;

    protected internal override void Write(StringBuilder builder, bool marksUnknown)
    {
        builder.Append("struct<");
        for (var index = 0; index < Fields.Count; index++)
        {
            if (index > 0)
            {
                builder.Append(',');
            }

            builder.Append(Fields[index].Name).Append(':');
            Fields[index].Type.Write(builder, marksUnknown);
        }

        builder.Append('>');
    }
}

internal readonly record struct HiveField(string Name, HiveType Type);
