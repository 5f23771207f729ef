using ConnectionTracingDemo.Viewer.Correlation;

namespace ConnectionTracingDemo.Viewer.Totals;

/// <summary>Requests by host.</summary>
internal sealed class HostTotals
{
    /// <summary>A crawler talks to any number of hosts; beyond this many they are counted together.</summary>
    public const int MostHosts = 1_000;

    public const string Others = "(other hosts)";

    private readonly Dictionary<string, HostTotal> _byHost = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<HostTotal> All => _byHost.Values.OrderByDescending(total => total.Requests).ThenBy(total => total.Host, StringComparer.Ordinal);

    public void Add(RequestRow row)
    {
        if (!_byHost.TryGetValue(row.Host, out var total))
        {
            var name = _byHost.Count < MostHosts ? row.Host : Others;
            if (!_byHost.TryGetValue(name, out total))
            {
                _byHost[name] = total = new HostTotal(name);
            }
        }

        total.Add(row);
    }
}
