using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Core.Rules.Enforcement;

/// <summary>
/// Reduces a rule that kills or denies to what the kernel can decide by itself: an operation, what is compared of it, and which
/// containers it is for. Pure.
/// </summary>
public static class KernelReducer
{
    /// <summary>Reduces a resolved condition.</summary>
    /// <param name="condition">With lists and macros filled in.</param>
    /// <param name="denies">Whether the rule denies; else it kills.</param>
    /// <param name="host">What this host can do.</param>
    public static KernelReduction Reduce(Condition condition, bool denies, EnforcementAbilities host)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(host);
        try
        {
            List<KernelForm> forms = [];
            foreach (List<(Condition Leaf, bool IsNegated)> alternative in NormalForm.Of(condition))
            {
                forms.AddRange(FormsOf(alternative));
            }

            if (forms.Count == 0)
            {
                throw new ReductionException("it never comes true for an exec, an open or a network call");
            }

            foreach (KernelForm form in forms)
            {
                CheckHost(form.Matcher.Operation, denies, host);
            }

            return forms.Count <= NormalForm.AlternativesMax
                ? new KernelReduction(forms, null)
                : throw new ReductionException($"it has more than {NormalForm.AlternativesMax} alternatives");
        }
        catch (ReductionException reason)
        {
            return new KernelReduction([], denies ? $"cannot be denied: {reason.Message}" : $"reacts after the event: {reason.Message}");
        }
    }

    /// <summary>A list of values is one form for each; those of a negated list must all differ, which only one value can say.</summary>
    private static IEnumerable<KernelForm> FormsOf(List<(Condition Leaf, bool IsNegated)> alternative)
    {
        List<FormBuilder> builders = [.. Operations(alternative).Select(operation => new FormBuilder(operation))];
        foreach ((Condition leaf, bool negated) in alternative)
        {
            builders = [.. builders.SelectMany(builder => LeafReducer.Apply(builder, leaf, negated))];
            if (builders.Count > NormalForm.AlternativesMax)
            {
                throw new ReductionException($"it has more than {NormalForm.AlternativesMax} alternatives");
            }
        }

        return builders.Select(builder => builder.Build());
    }

    private static IEnumerable<EnforceOperation> Operations(List<(Condition Leaf, bool IsNegated)> alternative)
    {
        IEnumerable<EnforceOperation> operations = LeafReducer.AllOperations;
        bool isSaid = false;
        foreach ((Condition leaf, bool negated) in alternative)
        {
            if (LeafReducer.OperationsOf(leaf, negated) is { } some)
            {
                operations = operations.Intersect(some);
                isSaid = true;
            }
        }

        return isSaid
            ? operations
            : throw new ReductionException("it does not say which event it is about (evt.type = execve, open, connect, ...)");
    }

    private static void CheckHost(EnforceOperation operation, bool denies, EnforcementAbilities host)
    {
        switch (operation)
        {
            case EnforceOperation.Exec when !denies && !host.KillsAtExec:
                throw new ReductionException("this host cannot kill at exec");
            case EnforceOperation.Exec when denies && !host.HasLsm:
                throw new ReductionException("denying exec needs the kernel's BPF LSM, which this host does not have; kill works");
            case EnforceOperation.OpenRead or EnforceOperation.OpenWrite when !host.HasLsm:
                throw new ReductionException("stopping an open needs the kernel's BPF LSM, which this host does not have");
            case EnforceOperation.Connect or EnforceOperation.Send or EnforceOperation.Bind when !denies:
                throw new ReductionException("the kernel can deny a network call, not kill for it");
            case EnforceOperation.Connect or EnforceOperation.Send or EnforceOperation.Bind when !host.DeniesNetwork:
                throw new ReductionException("this host cannot deny network calls");
            default:
                break;
        }
    }
}
