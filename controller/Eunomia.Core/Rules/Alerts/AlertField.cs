namespace Eunomia.Core.Rules.Alerts;

/// <summary>A field's value in an alert.</summary>
/// <param name="Name">As written, with its argument: <c>proc.aname[2]</c>.</param>
/// <param name="Value">As it stands in an output.</param>
/// <param name="IsNumber">Whether JSON has it as a number.</param>
public sealed record AlertField(string Name, string Value, bool IsNumber = false);
