using System;

namespace ConnectionTracing.Har;

/// <summary>What was to be read is not a HAR file of connection tracing.</summary>
internal sealed class HarException(string message, Exception? innerException = null) : Exception(message, innerException);
