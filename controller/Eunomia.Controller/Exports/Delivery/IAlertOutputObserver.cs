namespace Eunomia.Controller.Exports.Delivery;

/// <summary>Hears how the outputs fare, in order to tell a person. May be called by several threads at once.</summary>
public interface IAlertOutputObserver
{
    /// <summary>An output, or its spool, began to fail; told once until it works again.</summary>
    void Failed(string output, string reason);

    /// <summary>It works again.</summary>
    void Works(string output);

    /// <summary>An alert was refused for good.</summary>
    void Refused(string output, Guid alert, string reason);
}
