namespace Eunomia.Core.Rules.Fields;

/// <summary>What a field's values are.</summary>
public enum FieldType
{
    /// <summary>Bytes that are most often UTF-8.</summary>
    Text,

    /// <summary>A text that is a path: trailing and doubled slashes count, as written.</summary>
    Path,

    /// <summary>A signed number of 64 bits; also given in hexadecimal, <c>0x</c>.</summary>
    Number,

    /// <summary>A time span or a point in time, in nanoseconds.</summary>
    Time,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>An IPv4 or IPv6 address.</summary>
    Address,

    /// <summary>An address that is compared with networks: <c>10.0.0.0/8</c>.</summary>
    Network,

    /// <summary>A port: a number, also given by name in <c>/etc/services</c>' sense where well known.</summary>
    Port,
}

/// <summary>What may stand in a field's brackets.</summary>
public enum FieldArgument
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A number from 0 must stand there.</summary>
    Index,

    /// <summary>A number may stand there; without it, any of them: the field is a list.</summary>
    OptionalIndex,

    /// <summary>A name must stand there.</summary>
    Key,

    /// <summary>A name may stand there.</summary>
    OptionalKey,
}
