using System.Collections;
using System.Reflection;
using System.Text;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Exports;

/// <summary>What was written of an alert is read again, and nothing else is.</summary>
public sealed class AlertJsonReaderTests
{
    [Fact]
    public void Read_AFullOne_HasAllThatWasWritten()
    {
        Alert read = AlertJsonReader.Read(AlertJson.Encode(SampleAlerts.Full))!;

        AssertSame(SampleAlerts.Full, read, "alert");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{\"id\":1}")]
    [InlineData("{\"id\":\"x\"}")]
    public void Read_WhatIsNoAlert_IsNull(string line) => Assert.Null(AlertJsonReader.Read(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void Read_CutAnywhere_IsNull()
    {
        byte[] line = AlertJson.Encode(SampleAlerts.Full);
        for (int length = 0; length < line.Length; length++)
        {
            Assert.Null(AlertJsonReader.Read(line.AsMemory(0, length)));
        }
    }

    private static void AssertSame(object? wanted, object? got, string where)
    {
        if (wanted is IEnumerable items and not string)
        {
            object[] left = [.. items.Cast<object>()];
            object[] right = [.. ((IEnumerable)got!).Cast<object>()];
            Assert.True(left.Length == right.Length, where);
            for (int i = 0; i < left.Length; i++)
            {
                AssertSame(left[i], right[i], $"{where}[{i}]");
            }
        }
        else if (wanted?.GetType().Namespace == typeof(Alert).Namespace)
        {
            foreach (PropertyInfo property in wanted!.GetType().GetProperties())
            {
                AssertSame(property.GetValue(wanted), property.GetValue(got), $"{where}.{property.Name}");
            }
        }
        else
        {
            Assert.True(Equals(wanted, got), $"{where}: {wanted} and {got}");
        }
    }
}
