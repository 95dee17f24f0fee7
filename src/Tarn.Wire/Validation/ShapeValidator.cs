using System.Text;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Validation;

/// <summary>
/// Collects what is wrong with an input, in AWS's words. Generated code walks the input and calls it; while nothing is wrong it
/// only keeps the path of where it is, and allocates nothing.
/// </summary>
public ref struct ShapeValidator
{
    /// <summary>AWS lists every error; a client that sends thousands of wrong entries need not read them all.</summary>
    private const int ErrorsMax = 100;

    [ThreadStatic]
    private static PathStep[]? spareSteps;

    private readonly bool showValues;
    private PathStep[] steps;
    private int depth;
    private StringBuilder? errors;
    private int errorCount;

    /// <param name="showValues">False for the services whose messages leave the value out.</param>
    public ShapeValidator(bool showValues)
    {
        this.showValues = showValues;
        steps = spareSteps ?? new PathStep[16];
        spareSteps = null;
    }

    /// <summary>The message for the client; null when the input is good. Ends the use of the validator.</summary>
    public string? Finish()
    {
        spareSteps = steps;
        return errors is null ? null : $"{errorCount} validation error{(errorCount == 1 ? "" : "s")} detected: {errors}";
    }

    public void Enter(StructureSchema schema, int member) => Push(new PathStep(schema[member].PathName, 0));

    /// <param name="index">Counted from 0; shown from 1.</param>
    public void EnterElement(int index) => Push(new PathStep(null, index + 1));

    public void EnterEntry(string key) => Push(new PathStep(key, -1));

    public void Leave() => depth--;

    public void Missing(StructureSchema schema, int member)
    {
        Enter(schema, member);
        Fail("null", "Member must not be null");
        Leave();
    }

    public void Text(StructureSchema schema, int member, string value, ShapeConstraint constraint)
    {
        if (!Constraints.IsGood(value, constraint))
        {
            Enter(schema, member);
            Constraints.Explain(ref this, value, constraint);
            Leave();
        }
    }

    public void Number(StructureSchema schema, int member, long value, ShapeConstraint constraint)
    {
        if (value < constraint.Min || value > constraint.Max)
        {
            Range(schema, member, value.ToString(), value < constraint.Min, constraint);
        }
    }

    public void Number(StructureSchema schema, int member, double value, ShapeConstraint constraint)
    {
        if (value < constraint.Min || value > constraint.Max)
        {
            Range(schema, member, value.ToString("R"), value < constraint.Min, constraint);
        }
    }

    /// <summary>The length of a blob, in bytes.</summary>
    public void Bytes(StructureSchema schema, int member, ReadOnlyMemory<byte> value, ShapeConstraint constraint)
    {
        if (value.Length > constraint.Max || value.Length < constraint.Min)
        {
            Enter(schema, member);

            // The content is not shown: this is what Java prints of a buffer.
            Fail(constraint.IsSensitive ? null : $"java.nio.HeapByteBuffer[pos=0 lim={value.Length} cap={value.Length}]", Constraints.Length(value.Length, constraint));
            Leave();
        }
    }

    /// <summary>The count of entries of the list or map that was entered.</summary>
    public void Count(int count, object? collection, ShapeConstraint constraint)
    {
        if (count > constraint.Max || count < constraint.Min)
        {
            Fail(constraint.IsSensitive ? null : Constraints.Show(collection), Constraints.Length(count, constraint));
        }
    }

    /// <summary>An entry of a list of numbers: as for strings, AWS names the list.</summary>
    public void NumberElement(double value, ShapeConstraint constraint)
    {
        if (value > constraint.Max || value < constraint.Min)
        {
            Fail(null, $"Member must satisfy constraint: [{(value > constraint.Max
                ? $"Member must have value less than or equal to {constraint.Max}"
                : $"Member must have value greater than or equal to {constraint.Min}")}]");
        }
    }

    /// <summary>Entries of a list of strings: AWS names the list and every constraint once, not the entry.</summary>
    public void Elements(IReadOnlyList<string> list, ShapeConstraint constraint)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (!Constraints.IsGood(list[i], constraint))
            {
                Fail(constraint.IsSensitive ? null : Constraints.Show(list), $"Member must satisfy constraint: [{Constraints.All(constraint)}]");
                return;
            }
        }
    }

    public void Keys<T>(IReadOnlyDictionary<string, T> map, ShapeConstraint constraint)
    {
        foreach (var entry in map)
        {
            if (!Constraints.IsGood(entry.Key, constraint))
            {
                Fail(constraint.IsSensitive ? null : Constraints.Show(map), $"Map keys must satisfy constraint: [{Constraints.All(constraint)}]");
                return;
            }
        }
    }

    public void Values(IReadOnlyDictionary<string, string> map, ShapeConstraint constraint)
    {
        foreach (var entry in map)
        {
            if (!Constraints.IsGood(entry.Value, constraint))
            {
                Fail(constraint.IsSensitive ? null : Constraints.Show(map), $"Map value must satisfy constraint: [{Constraints.All(constraint)}]");
                return;
            }
        }
    }

    /// <param name="value">Null where it is secret or has no short form.</param>
    internal void Fail(string? value, string constraint)
    {
        if (++errorCount > ErrorsMax)
        {
            errorCount = ErrorsMax;
            return;
        }

        errors = errors is null ? new StringBuilder() : errors.Append("; ");
        errors.Append("Value ");
        if (constraint.EndsWith("not be null", StringComparison.Ordinal))
        {
            errors.Append("null ");
        }
        else if (showValues && value is not null)
        {
            errors.Append('\'').Append(value).Append("' ");
        }

        errors.Append("at '");
        for (var i = 0; i < depth; i++)
        {
            steps[i].Append(errors, first: i == 0);
        }

        errors.Append("' failed to satisfy constraint: ").Append(constraint);
    }

    private void Range(StructureSchema schema, int member, string value, bool tooSmall, ShapeConstraint constraint)
    {
        Enter(schema, member);
        Fail(constraint.IsSensitive ? null : value, tooSmall
            ? $"Member must have value greater than or equal to {constraint.Min}"
            : $"Member must have value less than or equal to {constraint.Max}");
        Leave();
    }

    private void Push(PathStep step)
    {
        if (depth == steps.Length)
        {
            Array.Resize(ref steps, depth * 2);
        }

        steps[depth++] = step;
    }

    /// <summary>A member (<c>name</c>), a list entry (<c>1.member</c>) or a map entry (<c>key.member</c>).</summary>
    private readonly record struct PathStep(string? Name, int Position)
    {
        public void Append(StringBuilder path, bool first)
        {
            path.Append(first ? "" : ".").Append(Name);
            if (Position != 0)
            {
                path.Append(Position > 0 ? Position.ToString() : "").Append(".member");
            }
        }
    }
}
