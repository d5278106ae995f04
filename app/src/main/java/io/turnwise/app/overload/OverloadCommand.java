package io.turnwise.app.overload;

import com.fasterxml.jackson.core.JsonGenerator;
import io.turnwise.app.Installation;
import io.turnwise.app.JsonLine;
import io.turnwise.app.ModelOption;
import io.turnwise.app.StopSignal;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.topology.shed.Shedding;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what happens when there are more calls than the machine can carry. */
@Command(
    name = "overload",
    description = {
      "Measures how many live channels this machine carries, then plays more than that and as many:"
          + " how far it falls behind, what it sheds, how soon it recovers, whether all speakers are"
          + " still found, and whether its memory stays the same.",
      "",
      "The application runs in this process, with its default settings but what may be shed; the"
          + " broker in one beside it. Memory is what Linux calls resident, each second; growth is"
          + " that of the median of the last quarter over that of the second. A heap that grows to"
          + " its size looks like a leak: give it its size with JAVA_OPTS."
    },
    footer = {
      "  turnwise bench overload",
      "  JAVA_OPTS='-Xms512m -Xmx512m -XX:+AlwaysPreTouch' turnwise bench overload --minutes 60"
    })
public final class OverloadCommand implements Callable<Integer> {
  private static final int MEBIBYTE = 1 << 20;

  @Spec private CommandSpec spec;

  @Option(
      names = "--overload-minutes",
      paramLabel = "N",
      defaultValue = "1",
      description = "How long there is too much load, 0.1 to 1440 (default: ${DEFAULT-VALUE}).")
  private double overloadMinutes;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "2",
      description = "How long there is as much as it carries (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--percent",
      paramLabel = "N",
      defaultValue = "150",
      description = "How much is too much, 100 to 1000 (default: ${DEFAULT-VALUE}).")
  private int percent;

  @Option(
      names = "--channels",
      paramLabel = "N",
      description = "How many live channels it carries (default: measured).")
  private Optional<Integer> channels;

  @Option(
      names = "--limit",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description =
          "Growth of the memory at 100 %% above which this fails; it also fails where that cannot be"
              + " told (default: ${DEFAULT-VALUE}).")
  private double limit;

  @Option(names = "--audio", paramLabel = "FILE.wav", description = "What is played.")
  private Optional<Path> file;

  @Mixin private ModelOption model;

  @Option(names = "--json", description = "One line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    requireWithin("--overload-minutes", overloadMinutes, 0.1, 1440);
    requireWithin("--minutes", minutes, 0.1, 1440);
    requireWithin("--percent", percent, 100, 1000);
    if (channels.isPresent()) {
      requireWithin("--channels", channels.get(), 1, 10_000);
    }
    WavFile audio = WavFile.read(file.orElseGet(Installation::sampleCall));
    PrintWriter notes = spec.commandLine().getErr();
    try (StopSignal stop = StopSignal.listen();
        Overload overload = Overload.open(model.find(), audio, stop::requested)) {
      note(notes, "measuring how many channels this machine carries");
      double measured = overload.capacity(8 * Runtime.getRuntime().availableProcessors());
      int capacity = channels.orElse(Math.max(1, (int) measured));
      int tooMany = Math.max(2, (int) Math.ceil(capacity * percent / 100.0));
      int seconds = (int) Math.round(60 * overloadMinutes);
      List<Phase> phases = new ArrayList<>();
      for (Shedding shedding : List.of(Shedding.NONE, Shedding.HOP_AND_SILENCE)) {
        note(notes, tooMany + " channels where it carries " + capacity + ", shedding " + shedding);
        phases.add(overload.load(shedding, tooMany, percent, seconds, true));
      }
      note(notes, capacity + " channels for " + minutes + " minutes");
      Phase steady =
          overload.load(Shedding.NONE, capacity, 100, (int) Math.round(60 * minutes), false);
      phases.add(steady);
      PrintWriter screen = spec.commandLine().getOut();
      screen.print(
          json
              ? json(measured, overload.speakers(), phases) + "\n"
              : table(measured, overload.speakers(), phases));
      screen.flush();
      Optional<String> fault = steady.memoryFault(limit);
      fault.ifPresent(sentence -> note(notes, sentence));
      return fault.isPresent() ? 1 : 0;
    }
  }

  private static void note(PrintWriter notes, String sentence) {
    notes.println(sentence);
    notes.flush();
  }

  private void requireWithin(String option, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + " is not " + least + " to " + most);
    }
  }

  private static String table(double capacity, int speakers, List<Phase> phases) {
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "carries %.1f live channels; %d speakers in the recording%n%n%8s %8s %-12s %8s %9s"
                    + " %9s %8s %9s %8s %9s %8s %8s %12s%n",
                capacity,
                speakers,
                "channels",
                "load",
                "shed",
                "seconds",
                "most lag",
                "last lag",
                "degraded",
                "recovered",
                "embedded",
                "left out",
                "most RSS",
                "growth",
                "calls whole"));
    for (Phase phase : phases) {
      table.append(
          String.format(
              Locale.ROOT,
              "%8d %6d %% %-12s %8d %7.1f s %7.1f s %8s %9s %8d %9d %4d MiB %8s %12s%n",
              phase.channels(),
              phase.percent(),
              phase.shed(),
              phase.seconds(),
              phase.mostLagMillis() / 1000.0,
              phase.lastLagMillis() / 1000.0,
              phase.degraded() ? "yes" : "no",
              Double.isNaN(phase.recoverySeconds())
                  ? "-"
                  : String.format(Locale.ROOT, "%.1f s", phase.recoverySeconds()),
              phase.embedded(),
              phase.leftOut(),
              phase.mostResidentBytes() / MEBIBYTE,
              growth(phase.growthPercent()),
              phase.calls() == 0 ? "-" : phase.whole() + " of " + phase.calls()));
    }
    return table.toString();
  }

  private static String growth(OptionalDouble percent) {
    return percent.isPresent() ? String.format(Locale.ROOT, "%.1f %%", percent.getAsDouble()) : "-";
  }

  private static String json(double capacity, int speakers, List<Phase> phases) {
    return JsonLine.of(
        json -> {
          json.writeNumberField("capacity", capacity);
          json.writeNumberField("speakers", speakers);
          json.writeArrayFieldStart("phases");
          for (Phase phase : phases) {
            json.writeStartObject();
            json.writeStringField("shed", phase.shed());
            json.writeNumberField("channels", phase.channels());
            json.writeNumberField("percent", phase.percent());
            json.writeNumberField("seconds", phase.seconds());
            json.writeNumberField("mostLagMillis", phase.mostLagMillis());
            json.writeNumberField("lastLagMillis", phase.lastLagMillis());
            json.writeBooleanField("degraded", phase.degraded());
            number(json, "recoverySeconds", phase.recoverySeconds());
            json.writeNumberField("embedded", phase.embedded());
            json.writeNumberField("leftOut", phase.leftOut());
            json.writeNumberField("calls", phase.calls());
            json.writeNumberField("callsWithAllSpeakers", phase.whole());
            json.writeNumberField("mostResidentBytes", phase.mostResidentBytes());
            number(json, "growthPercent", phase.growthPercent().orElse(Double.NaN));
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** What was not measured is null. */
  private static void number(JsonGenerator json, String name, double value) throws IOException {
    if (Double.isNaN(value)) {
      json.writeNullField(name);
    } else {
      json.writeNumberField(name, value);
    }
  }
}
