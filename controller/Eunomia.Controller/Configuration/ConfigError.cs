using System.Globalization;

namespace Eunomia.Controller.Configuration;

/// <summary>A place in a configuration file; line and column count from 1.</summary>
public readonly record struct ConfigPosition(string File, int Line, int Column)
{
    /// <summary>As compilers write it: <c>session.toml:3:7</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}");
}

/// <summary>What is wrong with a configuration file, and what would be right, in one line.</summary>
public sealed record ConfigError(ConfigPosition Position, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Position}: {Message}";
}

/// <summary>A configuration file that cannot be used.</summary>
public sealed class ConfigException(IReadOnlyList<ConfigError> errors) : Exception(errors[0].ToString())
{
    /// <summary>Everything that was found, in the order of the file; at least one.</summary>
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
