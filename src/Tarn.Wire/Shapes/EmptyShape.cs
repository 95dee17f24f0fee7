namespace Tarn.Wire.Shapes;

/// <summary>Reading and writing where the model has no shape: unknown members are passed over, and what is written has none.</summary>
public static class EmptyShape
{
    public static void Read<TReader>(ref TReader reader, StructureSchema schema)
        where TReader : struct, IShapeReader, allows ref struct
    {
        reader.BeginStructure(schema);
        while (reader.NextMember(schema) >= 0)
        {
        }
    }

    public static void Write<TWriter>(ref TWriter writer, StructureSchema schema)
        where TWriter : struct, IShapeWriter, allows ref struct
    {
        writer.BeginStructure(schema);
        writer.EndStructure();
    }
}
