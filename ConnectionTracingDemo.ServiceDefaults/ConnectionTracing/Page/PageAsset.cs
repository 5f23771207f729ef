namespace ConnectionTracing.Page;

/// <summary>A module or a style sheet of the page.</summary>
/// <param name="ContentType">With its charset.</param>
/// <param name="Content">As it is sent.</param>
/// <param name="Tag">Its strong entity tag, with the quotation marks: a hash of the content.</param>
internal sealed record PageAsset(string ContentType, byte[] Content, string Tag);
