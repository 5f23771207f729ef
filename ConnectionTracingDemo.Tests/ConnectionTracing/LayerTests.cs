using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using ConnectionTracing;
using ConnectionTracingDemo.Tests.Standalone;

namespace ConnectionTracingDemo.Tests.ConnectionTracing;

/// <summary>The folders of the library are its namespaces, and the arrows between them go downwards: in signatures and in method bodies.</summary>
public sealed partial class LayerTests
{
    private const string Contract = "";

    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>
    /// From the bottom up: what each folder may use. The contract lies at the top of the library's folder: options, and what the monitor tells.
    /// No observer knows another one; Hosting joins them.
    /// </summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        [Contract] = [],
        ["Model"] = [],
        ["Runtime"] = ["Model"],
        ["Attributes"] = ["Model", "Runtime"],
        ["Metrics"] = ["Model", "Runtime"],
        ["Diagnosis"] = [Contract, "Model", "Runtime"],
        ["Journal"] = [Contract, "Model", "Runtime"],
        ["Export"] = [Contract, "Runtime"],
        ["Har"] = [Contract],
        ["Page"] = [Contract, "Har"],
        ["Endpoint"] = [Contract, "Har", "Page"],
        ["Hosting"] = [Contract, "Runtime", "Attributes", "Metrics", "Diagnosis", "Journal", "Export", "Page"],
    };

    /// <summary>The extension methods are in the namespaces of what they extend; generated code is where its generator puts it.</summary>
    private static readonly Dictionary<string, string> Homes = new()
    {
        ["Microsoft.Extensions.Hosting"] = "Hosting",
        ["Microsoft.Extensions.Configuration.Binder.SourceGeneration"] = "Hosting",
        ["Microsoft.AspNetCore.Builder"] = "Endpoint",
        ["System.Text.RegularExpressions.Generated"] = "Runtime",
    };

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private static readonly string Library = Path.Combine(Repository.Root, "ConnectionTracingDemo.ServiceDefaults", "ConnectionTracing");

    [Fact]
    public void Arrows_go_downwards()
    {
        var wrong = typeof(ConnectionTracingOptions).Assembly.GetTypes()
            .Where(type => LayerOf(type) is not null)
            .SelectMany(type => UsedBy(type).Select(used => (From: type, To: used, Layer: LayerOf(type)!, Used: LayerOf(used))))
            .Where(arrow => arrow.Used is not null && arrow.Used != arrow.Layer && !Allowed[arrow.Layer].Contains(arrow.Used))
            .Select(arrow => $"{Outermost(arrow.From)} uses {Outermost(arrow.To)}")
            .Distinct();

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_arrow_that_is_allowed_is_there()
    {
        var arrows = typeof(ConnectionTracingOptions).Assembly.GetTypes()
            .Where(type => LayerOf(type) is not null)
            .SelectMany(type => UsedBy(type).Select(used => (LayerOf(type)!, LayerOf(used))))
            .ToHashSet();

        Assert.All(Allowed.SelectMany(layer => layer.Value.Select(used => (layer.Key, used))), arrow => Assert.Contains(arrow, arrows));
    }

    [Fact]
    public void Folders_are_namespaces_and_no_file_is_longer_than_300_lines()
    {
        var files = Directory.EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Name: Path.GetRelativePath(Library, path), Text: File.ReadAllText(path)))
            .Where(file => file.Name.Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"))
            .ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file =>
        {
            string[] folders = file.Name.Split(Path.DirectorySeparatorChar)[..^1];
            var declared = Declaration().Match(file.Text).Groups[1].Value;
            Assert.True(Homes.TryGetValue(declared, out var home) ? home == folders[0] : declared == string.Join('.', ["ConnectionTracing", .. folders]), $"{file.Name} is in {declared}.");
            Assert.InRange(file.Text.Split('\n').Length, 1, 300);
        });
    }

    private static string? LayerOf(Type type)
    {
        var name = Outermost(type).Namespace ?? "";
        return Homes.TryGetValue(name, out var home) ? type.Assembly == typeof(ConnectionTracingOptions).Assembly ? home : null
            : name == "ConnectionTracing" ? Contract
            : name.StartsWith("ConnectionTracing.", StringComparison.Ordinal) ? name.Split('.')[1]
            : null;
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> UsedBy(Type type) =>
        new[] { type.BaseType }.OfType<Type>()
            .Concat(type.GetInterfaces())
            .Concat(type.GetFields(All).Select(field => field.FieldType))
            .Concat(type.GetMethods(All).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)))
            .Concat(type.GetConstructors(All).SelectMany(constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType)))
            .Concat(type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)).SelectMany(UsedByBody))
            .SelectMany(Parts);

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type)
        : [type];

    /// <summary>The types of all members that the body names.</summary>
    private static IEnumerable<Type> UsedByBody(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            yield break;
        }

        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var i = 0; i < code.Length;)
        {
            var opcode = OpCodesByValue[code[i] == 0xFE ? unchecked((short)(0xFE00 | code[i + 1])) : code[i]];
            i += opcode.Size;
            if (opcode.OperandType is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType)
            {
                var member = method.Module.ResolveMember(BitConverter.ToInt32(code, i), typeArguments, methodArguments);
                foreach (var type in new[] { member as Type ?? member?.DeclaringType }.OfType<Type>())
                {
                    yield return type;
                }

                if (member is MethodInfo { IsGenericMethod: true } generic)
                {
                    foreach (var argument in generic.GetGenericArguments())
                    {
                        yield return argument;
                    }
                }
            }

            i += opcode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, i)),
                _ => 4,
            };
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
