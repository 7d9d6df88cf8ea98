using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of the process's parent, and of those above it.</summary>
internal static class AncestorFields
{
    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.OfProcesses;
        AddParent(set);
        set.Ancestors("proc.aname", "task name of an ancestor: 0 is the process, 1 its parent; without a number that of any", image => FieldReader.OrMissing(image.Name));
        set.Ancestors("proc.aexe", "first argument of an ancestor, likewise", image => ProcessFacts.First(image.Args));
        set.Ancestors("proc.aexepath", "path of the file that an ancestor runs, likewise", image => FieldReader.OrMissing(image.Exe), FieldType.Path);
        set.AncestorsWithin(
            "container.aname",
            "task names of its ancestors in the same container, so not of who started the container; on the host those of all ancestors",
            image => FieldReader.OrMissing(image.Name));
        AddCommandLines(set);
        AddNumbers(set);
        AddVariables(set);
    }

    private static void AddParent(FieldSet set)
    {
        set.Text("proc.pname", "task name of its parent", FieldSet.At(image => FieldReader.OrMissing(image.Name), 1), cost: 15);
        set.Text("proc.pexe", "first argument of its parent", FieldSet.At(image => ProcessFacts.First(image.Args), 1), cost: 15);
        set.Text("proc.pexepath", "path of the file that its parent runs", FieldSet.At(image => FieldReader.OrMissing(image.Exe), 1), FieldType.Path, 15);
        set.Built("proc.pcmdline", "name and arguments of its parent", CommandLine(1));
        set.Number("proc.ppid", "pid of its parent, now", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Header.Ppid;
            return e.HasProcess;
        });
        set.Number("proc.pvpid", "pid of its parent in the parent's own pid namespace", (in EventView e, FieldScratch s, out long value) =>
        {
            value = s.FindLiving(e, 1)?.Vpid ?? 0;
            return value != 0;
        });
        set.Number("proc.ppid.duration", "how long ago its parent began, in nanoseconds", (in EventView e, FieldScratch s, out long value) =>
        {
            s.TryGetAncestor(e, 1, out Ancestor parent);
            return ProcessFacts.TryGetAge(e, parent.Key.StartNs, out value);
        }, FieldType.Time);
        set.Number("proc.ppid.ts", "when its parent began, in nanoseconds of Unix time", (in EventView e, FieldScratch s, out long value) =>
        {
            s.TryGetAncestor(e, 1, out Ancestor parent);
            value = (long)parent.Key.StartNs + e.BootToUnixNs;
            return parent.Key.StartNs != 0;
        }, FieldType.Time);
    }

    private static BuildText CommandLine(int depth) => (in EventView e, FieldScratch s, Utf8Buffer to) =>
    {
        if (!s.TryGetAncestor(e, depth, out Ancestor ancestor) || ancestor.Image is not { } image)
        {
            return false;
        }

        ProcessFacts.AppendCommandLine(to, image.Name, image.Args);
        return !image.Name.IsEmpty;
    };

    /// <summary>Slots are few: a deeper one is put together each time it is asked for.</summary>
    private static void AddCommandLines(FieldSet set)
    {
        const int Kept = 16;
        int first = FieldSlots.Next();
        for (int i = 1; i < Kept; i++)
        {
            FieldSlots.Next();
        }

        BuildText[] builders = [.. Enumerable.Range(0, Kept).Select(CommandLine)];
        TextOf At(int depth) => depth < Kept
            ? (in EventView e, FieldScratch s) => s.Get(first + depth, e, builders[depth])
            : (in EventView _, FieldScratch _) => FieldReader.Missing;
        EventKindSet kinds = set.Kinds;
        set.Add(
            new FieldInfo("proc.acmdline", FieldType.Text, FieldArgument.OptionalIndex, "name and arguments of an ancestor, likewise; of the first 15") { IsList = true },
            index => index is null
                ? new FieldReader
                {
                    Name = "proc.acmdline",
                    Type = FieldType.Text,
                    Texts = (in EventView e, FieldScratch s, int i, out bool end) =>
                    {
                        end = i + 1 >= Kept || !s.TryGetAncestor(e, i + 1, out _);
                        return end ? FieldReader.Missing : s.Get(first + i + 1, e, builders[i + 1]);
                    },
                    Kinds = kinds,
                    Cost = 100,
                }
                : new FieldReader { Name = $"proc.acmdline[{index}]", Type = FieldType.Text, Text = At(FieldSet.Depth(index)), Kinds = kinds, Cost = 25 });
    }

    private static void AddNumbers(FieldSet set)
    {
        EventKindSet kinds = set.Kinds;
        set.Add(
            new FieldInfo("proc.apid", FieldType.Number, FieldArgument.OptionalIndex, "pid of an ancestor in the host's pid namespace, likewise") { IsList = true },
            index => index is null
                ? new FieldReader
                {
                    Name = "proc.apid",
                    Type = FieldType.Number,
                    Numbers = (in EventView e, FieldScratch s, int i, out long value) => TryGetPid(e, s, i + 1, out value),
                    Kinds = kinds,
                    Cost = 60,
                }
                : new FieldReader { Name = $"proc.apid[{index}]", Type = FieldType.Number, Number = Pid(FieldSet.Depth(index)), Kinds = kinds, Cost = 15 });
    }

    private static NumberOf Pid(int depth) => (in EventView e, FieldScratch s, out long value) => TryGetPid(e, s, depth, out value);

    private static bool TryGetPid(in EventView e, FieldScratch s, int depth, out long value)
    {
        bool isKnown = s.TryGetAncestor(e, depth, out Ancestor ancestor);
        value = ancestor.Key.Pid;
        return isKnown;
    }

    /// <summary>A number leads to all variables of that ancestor, a name to that variable of any of them.</summary>
    private static void AddVariables(FieldSet set) =>
        set.Add(
            new FieldInfo("proc.aenv", FieldType.Text, FieldArgument.Key, "a variable of any ancestor's environment, by its name") { IsList = true },
            key =>
            {
                byte[] name = System.Text.Encoding.UTF8.GetBytes(key!);
                return new FieldReader
                {
                    Name = $"proc.aenv[{key}]",
                    Type = FieldType.Text,
                    Texts = (in EventView e, FieldScratch s, int i, out bool end) =>
                    {
                        end = !s.TryGetAncestor(e, i + 1, out Ancestor ancestor);
                        return ancestor.Image is { } image ? ProcessFacts.Variable(image.Env, name) : FieldReader.Missing;
                    },
                    Kinds = FieldCatalog.OfProcesses,
                    Cost = 100,
                };
            });
}
