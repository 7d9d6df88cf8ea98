namespace Eunomia.Controller.Exports.Delivery;

/// <summary>The other side says that it will not take these alerts, however often they are sent.</summary>
public sealed class AlertRefusedException(string message) : Exception(message);
