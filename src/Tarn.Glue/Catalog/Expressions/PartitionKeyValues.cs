using Tarn.Glue.Catalog.Partitions;

namespace Tarn.Glue.Catalog.Expressions;

/// <summary>The values of one partition, as a filter sees them: cut from its key, without reading its row.</summary>
internal readonly ref struct PartitionKeyValues(byte[] key, ReadOnlySpan<PartitionKeyComponent> components)
{
    private readonly ReadOnlySpan<PartitionKeyComponent> components = components;

    /// <summary>The value's bytes; false when it is null. Throws InvalidStateException when the partition's text is no value of its key's type.</summary>
    public bool TryGet(int index, PartitionKeyType type, out ReadOnlySpan<byte> value)
    {
        if (index >= components.Length || components[index].Tag == PartitionKeyCodec.NullTag)
        {
            value = default;
            return false;
        }

        var component = components[index];
        if (component.Tag == PartitionKeyCodec.InvalidTag)
        {
            throw GlueErrors.InvalidState(type.Complaint(component.Text));
        }

        value = key.AsSpan(component.Start, component.ValueLength);
        return true;
    }

    /// <summary>True for Hive's default partition, which stands for null under keys of every type.</summary>
    public bool IsNull(int index) => index >= components.Length || components[index].Text == PartitionKeyType.HiveNull;

    public string Text(int index) => index < components.Length ? components[index].Text : "";
}
