namespace ConnectionTracingDemo.ApiService.Faults;

/// <summary>How much the fault servers may use, configuration section <c>Faults</c>.</summary>
internal sealed class FaultOptions
{
    public const string Section = "Faults";

    public const string AllowedValues =
        $"{Section}:{nameof(MaxServers)} has to be a number from 1 to 100, " +
        $"{Section}:{nameof(TimeLimit)} a time between 00:00:01 and 00:05:00 (hours:minutes:seconds).";

    /// <summary>How many servers there may be at once. Default: 16; a run of the fault lab needs one or two.</summary>
    public int MaxServers { get; set; } = 16;

    /// <summary>For how long a server lives that nobody stops. Default: 30 s, twice what a run of the fault lab may take.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(30);

    public static bool IsValid(FaultOptions options) =>
        options.MaxServers is >= 1 and <= 100 && options.TimeLimit >= TimeSpan.FromSeconds(1) && options.TimeLimit <= TimeSpan.FromMinutes(5);
}
