namespace Eunomia.Core.Processes;

/// <summary>Yes, no or not known yet, for each route.</summary>
internal struct RouteAnswers
{
    private uint _known;
    private uint _yes;

    internal bool? this[int route]
    {
        readonly get => (_known >> route & 1) == 0 ? null : (_yes >> route & 1) != 0;
        set
        {
            uint bit = 1u << route;
            _known = value is null ? _known & ~bit : _known | bit;
            _yes = value is true ? _yes | bit : _yes & ~bit;
        }
    }
}
