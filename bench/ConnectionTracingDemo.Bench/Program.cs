// dotnet run -c Release --project bench/ConnectionTracingDemo.Bench -- --filter '*'        BenchmarkDotNet
// dotnet run -c Release --project bench/ConnectionTracingDemo.Bench -- interleaved [rounds]   for a busy machine

using System.Globalization;
using BenchmarkDotNet.Running;
using ConnectionTracingDemo.Bench;

if (args is ["interleaved", ..])
{
    await Interleaved.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
