using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Delivery;

/// <summary>An alert with its JSON, which is made once for all outputs.</summary>
public sealed class EncodedAlert(Alert alert, ReadOnlyMemory<byte> json)
{
    /// <summary>The alert.</summary>
    public Alert Alert { get; } = alert;

    /// <summary>The object without a line feed.</summary>
    public ReadOnlyMemory<byte> Json { get; } = json;

    /// <summary>Encodes an alert.</summary>
    public static EncodedAlert Of(Alert alert) => new(alert, AlertJson.Encode(alert));
}
