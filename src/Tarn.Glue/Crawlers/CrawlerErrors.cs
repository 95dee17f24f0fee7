using Tarn.Contracts;

namespace Tarn.Glue.Crawlers;

/// <summary>The errors of crawlers, their schedules and classifiers, in AWS's codes and words.</summary>
internal static class CrawlerErrors
{
    public static AwsException NotFound(string name) => GlueErrors.EntityNotFound($"Crawler entry with name {name} does not exist");

    public static AwsException Exists(string name) => new("AlreadyExistsException", $"Crawler with name {name} already exists");

    public static AwsException Running(string name) => new("CrawlerRunningException", $"Crawler with name {name} has already started");

    public static AwsException NotRunning(string name) => new("CrawlerNotRunningException", $"Crawler with name {name} has not started");

    public static AwsException Stopping(string name) => new("CrawlerStoppingException", $"Crawler with name {name} is stopping");

    public static AwsException SchedulerRunning(string name) => new("SchedulerRunningException", $"The schedule of crawler {name} is already running");

    public static AwsException SchedulerNotRunning(string name) => new("SchedulerNotRunningException", $"The schedule of crawler {name} is not running");

    public static AwsException NoSchedule(string name) => new("NoScheduleException", $"Crawler {name} has no schedule");

    public static AwsException ClassifierNotFound(string name) => GlueErrors.EntityNotFound($"Classifier {name} not found.");

    public static AwsException ClassifierExists(string name) => new("AlreadyExistsException", $"Classifier with name {name} already exists");

    public static AwsException TooManyCrawlers(int max) => GlueErrors.ResourceNumberLimitExceeded($"The number of crawlers cannot exceed {max}");

    /// <summary>Something that AWS has and this does not yet: said, instead of stored and ignored.</summary>
    public static AwsException NotBuilt(string what) => GlueErrors.InvalidInput($"{what} not supported by Tarn yet.");
}
