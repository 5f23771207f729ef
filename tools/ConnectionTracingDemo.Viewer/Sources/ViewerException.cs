namespace ConnectionTracingDemo.Viewer.Sources;

/// <summary>Something that the user can do something about; the message says what, in one line.</summary>
internal sealed class ViewerException(string message, Exception? inner = null) : Exception(message, inner);
