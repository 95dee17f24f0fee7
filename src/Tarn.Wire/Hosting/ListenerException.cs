namespace Tarn.Wire.Hosting;

/// <summary>The server cannot listen as <see cref="ListenerOptions"/> say. The message names the setting; it never holds a password.</summary>
public sealed class ListenerException(string message) : Exception(message);
