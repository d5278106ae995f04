package io.turnwise.app.faults;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.StopSignal;
import io.turnwise.app.evaluate.Rttm;
import io.turnwise.inference.audio.WavFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Breaks everything the application stands on, again and again, and compares what it puts out. */
@Command(
    name = "faults",
    description = {
      "Plays calls through the application on a cluster of its own, breaks something in each"
          + " campaign, and compares what came out, read committed, byte by byte and call by call,"
          + " with the run without faults.",
      "",
      "Three brokers (replication factor 3, at least 2 in sync), two application instances with a"
          + " standby, and a schema registry server, each in a process of its own; for network cuts"
          + " also in a network namespace of its own, where this machine allows it. What the machine"
          + " does not allow is said and left out. Ends with 1 where anything was lost, duplicated,"
          + " changed or stuck."
    },
    footer = {
      "  turnwise bench faults --campaigns 100 --seed 1 --json",
      "  turnwise bench faults --seed 1 --only 7 --out /tmp/campaign",
      "  turnwise bench faults --campaigns 100 --record docs/reference/reliability.md",
      "  turnwise bench faults --kinds kill-instance,kill-leader --campaigns 4"
    })
public final class FaultsCommand implements Callable<Integer> {
  private static final int USUAL_SECONDS = 24;
  private static final int SHORT_SECONDS = 12;
  private static final List<FaultKind> SHORT_KINDS =
      List.of(FaultKind.INSTANCE_KILLED, FaultKind.BROKER_LEADER_KILLED, FaultKind.REGISTRY_DOWN);

  @Spec private CommandSpec spec;

  @Option(
      names = "--campaigns",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int campaigns;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "What the faults are drawn with (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--only",
      paramLabel = "K",
      description = "Only the K-th campaign, with the faults it has among all.")
  private Optional<Integer> only;

  @Option(
      names = "--short",
      description =
          "The short form, which the tests run: shorter calls, and three campaigns with one fault"
              + " each, a killed instance, a killed broker and a registry outage.")
  private boolean brief;

  @Option(
      names = "--one-each",
      description = "One campaign for each kind of fault, with nothing else in it.")
  private boolean oneEach;

  @Option(
      names = "--kinds",
      split = ",",
      paramLabel = "KIND",
      description = "Only these kinds of faults (default: all that this machine can have).")
  private List<String> kinds = new ArrayList<>();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Length of the calls, 10 to 56 (default: 24, with --short 12).")
  private Optional<Integer> length;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "How many times as fast as real time they are played (default: ${DEFAULT-VALUE}).")
  private double speed;

  @Option(
      names = "--registry-home",
      paramLabel = "DIR",
      description =
          "Folder with Apicurio's *-runner.jar (default: serdes/target/apicurio, where the build"
              + " puts it).")
  private Optional<Path> registryHome;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Keep logs, settings and journals there (default: a temporary folder, gone at the end"
              + " unless something differs).")
  private Optional<Path> out;

  @Option(
      names = "--record",
      paramLabel = "FILE.md",
      description = "Write what came out into its part of a page: docs/reference/reliability.md.")
  private Optional<Path> record;

  @Option(names = "--json", description = "A line of JSON for each campaign and one for all.")
  private boolean json;

  @Override
  public Integer call() {
    require(campaigns >= 1, "--campaigns: " + campaigns + " is less than 1");
    int seconds = length.orElse(brief ? SHORT_SECONDS : USUAL_SECONDS);
    require(seconds >= 10 && seconds <= 56, "--seconds: " + seconds + " is not 10 to 56");
    require(speed > 0 && speed <= 100, "--speed: " + speed + " is not above 0 and at most 100");
    only.ifPresent(number -> require(number >= 1, "--only: " + number + " is less than 1"));
    if (brief) {
      for (String option : List.of("--campaigns", "--kinds", "--one-each")) {
        require(
            !spec.commandLine().getParseResult().hasMatchedOption(option),
            option + ": --short has three campaigns of its own; leave one of the two out");
      }
    }
    List<FaultKind> wanted = brief ? SHORT_KINDS : named();
    Path registry = RegistryProcess.find(registryHome);
    Path sample = Installation.sampleCall();
    Sound sound =
        new Sound(
            WavFile.read(sample),
            Rttm.read(
                sample.resolveSibling(
                    sample.getFileName().toString().replaceFirst("\\.wav$", ".rttm"))));
    PrintWriter lines = spec.commandLine().getOut();
    PrintWriter notes = json ? spec.commandLine().getErr() : lines;
    try (StopSignal stop = StopSignal.listen();
        Workplace workplace = Workplace.open(out)) {
      Campaigns all =
          new Campaigns(
              new Campaigns.Settings(
                  wanted,
                  brief || oneEach,
                  campaigns,
                  seed,
                  only,
                  seconds,
                  speed,
                  registry,
                  workplace.folder()),
              sound,
              notes::println,
              stop::requested);
      long begin = System.nanoTime();
      Campaigns.Result result =
          all.run(
              campaign -> {
                if (json) {
                  lines.println(FaultsReport.json(campaign, seed));
                }
                notes.flush();
                lines.flush();
              });
      FaultsReport report = FaultsReport.of(result.campaigns());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      record.ifPresent(page -> page(report, result, took).writeTo(page));
      lines.println(json ? report.json() : report.text());
      lines.flush();
      if (!report.passed()) {
        workplace.keep();
        throw new CommandFailed(report.fault(workplace.folder()));
      }
      return 0;
    } catch (Run.Stopped e) {
      throw new CommandFailed("Stopped before the end.", e);
    }
  }

  private ReliabilityPage page(FaultsReport report, Campaigns.Result result, Duration took) {
    return new ReliabilityPage(
        report,
        commandLine(),
        seed,
        result.leftOut(),
        result.quietMillis(),
        result.records(),
        result.calls(),
        took,
        revision(),
        Machine.here());
  }

  private static String revision() {
    Shell described =
        Shell.run("git", "-C", Installation.home().toString(), "describe", "--always", "--dirty");
    return described.worked() ? described.output() : "unknown";
  }

  /** What gives the same campaigns again. */
  private String commandLine() {
    StringBuilder line = new StringBuilder("turnwise bench faults");
    if (brief) {
      line.append(" --short");
    } else if (oneEach) {
      line.append(" --one-each");
    } else {
      line.append(" --campaigns ").append(campaigns);
    }
    line.append(" --seed ").append(seed);
    only.ifPresent(number -> line.append(" --only ").append(number));
    if (!kinds.isEmpty()) {
      line.append(" --kinds ").append(String.join(",", kinds));
    }
    length.ifPresent(seconds -> line.append(" --seconds ").append(seconds));
    if (speed != 1) {
      line.append(" --speed ").append(speed);
    }
    return line.toString();
  }

  private List<FaultKind> named() {
    return kinds.stream()
        .map(
            name ->
                FaultKind.of(name)
                    .orElseThrow(
                        () ->
                            new ParameterException(
                                spec.commandLine(),
                                "--kinds: '"
                                    + name
                                    + "' is not one of "
                                    + Arrays.stream(FaultKind.values())
                                        .map(FaultKind::id)
                                        .toList())))
        .distinct()
        .toList();
  }

  private void require(boolean holds, String fault) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), fault);
    }
  }
}
