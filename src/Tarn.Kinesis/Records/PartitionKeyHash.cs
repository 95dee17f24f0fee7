using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tarn.Kinesis.Records;

/// <summary>Where a partition key lies in a buffer, in bytes.</summary>
public readonly record struct KeySlice(int Start, int Length);

/// <summary>
/// The hash keys of partition keys: MD5 as a big-endian number of 128 bits, which decides the shard. Many keys are hashed at the same time, one in each lane of a vector: one
/// by one it is the largest cost of a record in a batch.
/// </summary>
public static class PartitionKeyHash
{
    private const int BlockBytes = 64;
    private const int WordsPerBlock = 16;

    /// <summary>The hash of one key.</summary>
    public static UInt128 Of(ReadOnlySpan<byte> key)
    {
        Span<UInt128> hash = stackalloc UInt128[1];
        Run<ScalarLane>(key, [new KeySlice(0, key.Length)], hash);
        return hash[0];
    }

    /// <summary>The hashes of many keys that lie in one buffer, in their order.</summary>
    /// <param name="keys">Each of any length.</param>
    /// <param name="hashes">As long as <paramref name="keys"/>.</param>
    public static void OfMany(ReadOnlySpan<byte> buffer, ReadOnlySpan<KeySlice> keys, Span<UInt128> hashes)
    {
        // Without AVX-512 a Vector512 is emulated, and a key costs twice what it costs in 8 lanes.
        while (keys.Length > Vector256Lanes.Count && Vector512.IsHardwareAccelerated)
        {
            var count = Math.Min(keys.Length, Vector512Lanes.Count);
            Run<Vector512Lanes>(buffer, keys[..count], hashes);
            keys = keys[count..];
            hashes = hashes[count..];
        }

        while (keys.Length > 1 && Vector256.IsHardwareAccelerated)
        {
            var count = Math.Min(keys.Length, Vector256Lanes.Count);
            Run<Vector256Lanes>(buffer, keys[..count], hashes);
            keys = keys[count..];
            hashes = hashes[count..];
        }

        for (var index = 0; index < keys.Length; index++)
        {
            Run<ScalarLane>(buffer, keys.Slice(index, 1), hashes[index..]);
        }
    }

    /// <summary>Hashes up to as many keys as there are lanes. Keys of different lengths may share: a lane that is done keeps its state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run<T>(ReadOnlySpan<byte> buffer, ReadOnlySpan<KeySlice> keys, Span<UInt128> hashes)
        where T : struct, ILanes<T>
    {
        Span<uint> words = stackalloc uint[WordsPerBlock * T.Count];
        Span<int> blocks = stackalloc int[T.Count];
        Span<uint> live = stackalloc uint[T.Count];
        var most = 0;
        blocks.Clear();
        words.Clear();
        for (var lane = 0; lane < keys.Length; lane++)
        {
            // The message, a byte 80, zeroes, and its length in 8 bytes.
            blocks[lane] = (keys[lane].Length + 9 + BlockBytes - 1) / BlockBytes;
            most = Math.Max(most, blocks[lane]);
        }

        var (a, b, c, d) = (T.Of(0x67452301), T.Of(0xEFCDAB89), T.Of(0x98BADCFE), T.Of(0x10325476));
        for (var block = 0; block < most; block++)
        {
            for (var lane = 0; lane < keys.Length; lane++)
            {
                live[lane] = block < blocks[lane] ? uint.MaxValue : 0;
                if (block < blocks[lane])
                {
                    Load(buffer.Slice(keys[lane].Start, keys[lane].Length), block, words, lane, T.Count);
                }
            }

            var (nextA, nextB, nextC, nextD) = (a, b, c, d);
            Md5Block<T>.Add(words, ref nextA, ref nextB, ref nextC, ref nextD);
            var mask = T.Load(ref live[0], 0);
            (a, b, c, d) = (T.Select(mask, nextA, a), T.Select(mask, nextB, b), T.Select(mask, nextC, c), T.Select(mask, nextD, d));
        }

        Span<uint> state = stackalloc uint[4 * T.Count];
        a.Store(state);
        b.Store(state[T.Count..]);
        c.Store(state[(2 * T.Count)..]);
        d.Store(state[(3 * T.Count)..]);
        for (var lane = 0; lane < keys.Length; lane++)
        {
            hashes[lane] = new UInt128(
                ((ulong)BinaryPrimitives.ReverseEndianness(state[lane]) << 32) | BinaryPrimitives.ReverseEndianness(state[T.Count + lane]),
                ((ulong)BinaryPrimitives.ReverseEndianness(state[(2 * T.Count) + lane]) << 32) | BinaryPrimitives.ReverseEndianness(state[(3 * T.Count) + lane]));
        }
    }

    /// <summary>Puts one block of a key into its lane: word after word, lanes side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Load(ReadOnlySpan<byte> key, int block, Span<uint> words, int lane, int lanes)
    {
        Span<byte> padded = stackalloc byte[BlockBytes];
        var rest = key[Math.Min(key.Length, block * BlockBytes)..];
        if (rest.Length >= BlockBytes)
        {
            rest[..BlockBytes].CopyTo(padded);
        }
        else
        {
            padded.Clear();
            rest.CopyTo(padded);
            if (block == key.Length / BlockBytes)
            {
                padded[rest.Length] = 0x80;
            }

            if (rest.Length + 9 <= BlockBytes)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(padded[^8..], (ulong)key.Length * 8);
            }
        }

        for (var word = 0; word < WordsPerBlock; word++)
        {
            words[(word * lanes) + lane] = BinaryPrimitives.ReadUInt32LittleEndian(padded[(word * 4)..]);
        }
    }
}
