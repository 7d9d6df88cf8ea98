namespace Eunomia.Controller.Exports.Http;

/// <summary>What is sent with each request, and whom to trust.</summary>
public sealed record HttpOptions
{
    /// <summary>Further headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>File with a bearer token; read for each request, so that it may be changed.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Name for basic authentication.</summary>
    public string? User { get; init; }

    /// <summary>File with its password; read for each request.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>PEM file with the authorities to trust instead of the system's.</summary>
    public string? AuthorityFile { get; init; }
}
