using Tarn.Wire.Validation;

namespace Tarn.Wire.Shapes;

/// <summary>The input of an operation: how it is read and checked. Implemented by generated classes.</summary>
public interface IInputShape<TSelf>
    where TSelf : class, IInputShape<TSelf>, new()
{
    static abstract StructureSchema InputSchema { get; }

    /// <summary>Fills <paramref name="shape"/> with what this reader yields. REST protocols run it twice: over HTTP, then over the body.</summary>
    static abstract void Read<TReader>(ref TReader reader, TSelf shape)
        where TReader : struct, IShapeReader, allows ref struct;

    static abstract void Validate(ref ShapeValidator validator, TSelf shape);
}

/// <summary>The output of an operation: how it is written. Implemented by generated classes.</summary>
public interface IOutputShape<TSelf>
    where TSelf : class, IOutputShape<TSelf>
{
    static abstract StructureSchema OutputSchema { get; }

    /// <summary>Writes what this writer wants of <paramref name="shape"/>. REST protocols run it twice: into HTTP, then into the body.</summary>
    static abstract void Write<TWriter>(ref TWriter writer, TSelf shape)
        where TWriter : struct, IShapeWriter, allows ref struct;
}
