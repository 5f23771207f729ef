namespace ConnectionTracingDemo.ServiceDefaults.ConnectionTracing;

/// <summary>Logs where nobody catches what a logger throws, or where more is to be done after it: on timers, within requests.</summary>
internal static class CarefulLog
{
    public static void Say(Action log)
    {
        try
        {
            log();
        }
        catch (Exception)
        {
            // A logger that fails is no reason to fail a request, and there is nobody else to tell.
        }
    }
}
