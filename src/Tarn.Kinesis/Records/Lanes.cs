using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tarn.Kinesis.Records;

/// <summary>Numbers of 32 bits side by side. The same algorithm runs over each of the three that exist.</summary>
internal interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T Of(uint value);

    /// <summary>As many numbers as there are lanes, from an offset on; the caller has checked that they are there.</summary>
    static abstract T Load(ref uint first, nuint offset);

    void Store(Span<uint> values);

    static abstract T operator +(T left, T right);

    static abstract T operator &(T left, T right);

    static abstract T operator |(T left, T right);

    static abstract T operator ^(T left, T right);

    static abstract T operator ~(T value);

    static abstract T RotateLeft(T value, int bits);

    /// <summary>Of each lane the first where the mask is all ones, else the second.</summary>
    static abstract T Select(T mask, T first, T second);
}

internal readonly record struct ScalarLane(uint Value) : ILanes<ScalarLane>
{
    public static int Count => 1;

    public static ScalarLane Of(uint value) => new(value);

    public static ScalarLane Load(ref uint first, nuint offset) => new(Unsafe.Add(ref first, offset));

    public void Store(Span<uint> values) => values[0] = Value;

    public static ScalarLane operator +(ScalarLane left, ScalarLane right) => new(left.Value + right.Value);

    public static ScalarLane operator &(ScalarLane left, ScalarLane right) => new(left.Value & right.Value);

    public static ScalarLane operator |(ScalarLane left, ScalarLane right) => new(left.Value | right.Value);

    public static ScalarLane operator ^(ScalarLane left, ScalarLane right) => new(left.Value ^ right.Value);

    public static ScalarLane operator ~(ScalarLane value) => new(~value.Value);

    public static ScalarLane RotateLeft(ScalarLane value, int bits) => new(uint.RotateLeft(value.Value, bits));

    public static ScalarLane Select(ScalarLane mask, ScalarLane first, ScalarLane second) => mask.Value != 0 ? first : second;
}

internal readonly struct Vector256Lanes(Vector256<uint> value) : ILanes<Vector256Lanes>
{
    private readonly Vector256<uint> value = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes Of(uint value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes Load(ref uint first, nuint offset) => new(Vector256.LoadUnsafe(ref first, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<uint> values) => value.CopyTo(values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes operator +(Vector256Lanes left, Vector256Lanes right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes operator &(Vector256Lanes left, Vector256Lanes right) => new(left.value & right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes operator |(Vector256Lanes left, Vector256Lanes right) => new(left.value | right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes operator ^(Vector256Lanes left, Vector256Lanes right) => new(left.value ^ right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes operator ~(Vector256Lanes value) => new(~value.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes RotateLeft(Vector256Lanes value, int bits) => new((value.value << bits) | (value.value >>> (32 - bits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256Lanes Select(Vector256Lanes mask, Vector256Lanes first, Vector256Lanes second) => new(Vector256.ConditionalSelect(mask.value, first.value, second.value));
}

internal readonly struct Vector512Lanes(Vector512<uint> value) : ILanes<Vector512Lanes>
{
    private readonly Vector512<uint> value = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes Of(uint value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes Load(ref uint first, nuint offset) => new(Vector512.LoadUnsafe(ref first, offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(Span<uint> values) => value.CopyTo(values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes operator +(Vector512Lanes left, Vector512Lanes right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes operator &(Vector512Lanes left, Vector512Lanes right) => new(left.value & right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes operator |(Vector512Lanes left, Vector512Lanes right) => new(left.value | right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes operator ^(Vector512Lanes left, Vector512Lanes right) => new(left.value ^ right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes operator ~(Vector512Lanes value) => new(~value.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes RotateLeft(Vector512Lanes value, int bits) => new((value.value << bits) | (value.value >>> (32 - bits)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512Lanes Select(Vector512Lanes mask, Vector512Lanes first, Vector512Lanes second) => new(Vector512.ConditionalSelect(mask.value, first.value, second.value));
}
