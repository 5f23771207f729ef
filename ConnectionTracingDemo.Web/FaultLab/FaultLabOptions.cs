namespace ConnectionTracingDemo.Web.FaultLab;

/// <summary>How much the fault lab may use, configuration section <c>FaultLab</c>.</summary>
internal sealed class FaultLabOptions
{
    public const string Section = "FaultLab";

    public const string AllowedValues =
        $"{Section}:{nameof(MaxRuns)} has to be a number from 1 to 20, {Section}:{nameof(MaxRequests)} a number from 1 to 1000, " +
        $"{Section}:{nameof(TimeLimit)} a time between 00:00:00.1 and 00:01:00 (hours:minutes:seconds).";

    /// <summary>How many runs there may be at once. Default: 4.</summary>
    public int MaxRuns { get; set; } = 4;

    /// <summary>How many requests a run may send. Default: 100.</summary>
    public int MaxRequests { get; set; } = 100;

    /// <summary>For how long a run may send requests. Default: 15 s.</summary>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromSeconds(15);

    public static bool IsValid(FaultLabOptions options) =>
        options.MaxRuns is >= 1 and <= 20
        && options.MaxRequests is >= 1 and <= 1000
        && options.TimeLimit >= TimeSpan.FromSeconds(0.1) && options.TimeLimit <= TimeSpan.FromMinutes(1);
}
