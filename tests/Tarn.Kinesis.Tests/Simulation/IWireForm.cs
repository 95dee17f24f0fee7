namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>An encoding that clients of Kinesis use.</summary>
internal interface IWireForm
{
    string ContentType { get; }

    byte[] Encode(Members members);

    Members Decode(byte[] bytes);
}
