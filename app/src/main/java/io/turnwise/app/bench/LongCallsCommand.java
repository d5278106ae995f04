package io.turnwise.app.bench;

import io.turnwise.app.JsonLine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures whether the tracker's state, events and time grow with a call. */
@Command(
    name = "long-calls",
    description = {
      "Tracks made-up calls of several lengths through the production topology's tracking stage and"
          + " its store, and prints for each: the most bytes stored for the call, events a minute,"
          + " and processor time of a segment, over the whole call and over its last ten minutes.",
      "",
      "The embeddings are made up with a seed: 8 people of unequal share, turns of 1.5 to 30 s, an"
          + " average cosine of 0.62 within and 0.30 between voices. Time is that of the thread:"
          + " reading the stored voices, the tracker, writing what is different; the median segment,"
          + " and the one that 1 % exceed."
    },
    footer = {
      "  turnwise bench long-calls",
      "  turnwise bench long-calls --seconds 600,7200 --dimension 64 --json"
    })
public final class LongCallsCommand implements Callable<Integer> {
  /** Long enough for the JVM to have compiled what it will. */
  private static final int WARM_UP_SECONDS = 1800;

  private static final int LONGEST = 7 * 86_400;

  @Spec private CommandSpec spec;

  @Option(
      names = "--seconds",
      split = ",",
      paramLabel = "N",
      defaultValue = "600,7200,86400",
      description = "Lengths of the calls (default: ${DEFAULT-VALUE}).")
  private List<Integer> seconds;

  @Option(
      names = "--dimension",
      paramLabel = "N",
      defaultValue = "256",
      description = "Length of the embeddings, 2 to 4096 (default: ${DEFAULT-VALUE}).")
  private int dimension;

  @Option(
      names = "--speakers",
      paramLabel = "N",
      defaultValue = "8",
      description = "How many people speak, 1 to 100 (default: ${DEFAULT-VALUE}).")
  private int speakers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Which call it is (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", description = "One line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    for (int length : seconds) {
      requireWithin("--seconds", length, 2, LONGEST);
    }
    requireWithin("--dimension", dimension, 2, 4096);
    requireWithin("--speakers", speakers, 1, 100);
    LongCall.of(
        Math.min(WARM_UP_SECONDS, seconds.stream().mapToInt(Integer::intValue).max().orElseThrow()),
        dimension,
        speakers,
        seed);
    List<LongCall> calls = new ArrayList<>();
    for (int length : seconds) {
      calls.add(LongCall.of(length, dimension, speakers, seed));
    }
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(json ? json(calls) + "\n" : table(calls));
    screen.flush();
    return 0;
  }

  private void requireWithin(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + " is not " + least + " to " + most);
    }
  }

  private String table(List<LongCall> calls) {
    StringBuilder table =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%d people, embeddings of %d numbers, seed %d%n%n%9s %9s %11s %11s %13s %13s %12s"
                    + " %12s %10s %9s%n",
                speakers,
                dimension,
                seed,
                "call",
                "segments",
                "most bytes",
                "at the end",
                "events/min",
                "last 10 min",
                "us/segment",
                "last 10 min",
                "99 %",
                "named"));
    for (LongCall call : calls) {
      table.append(
          String.format(
              Locale.ROOT,
              "%7d s %9d %11d %11d %13.2f %13.2f %12.1f %12.1f %10.1f %9d%n",
              call.seconds(),
              call.segments(),
              call.stateBytes(),
              call.stateBytesAtEnd(),
              call.eventsPerMinute(),
              call.eventsPerMinuteAtEnd(),
              call.cpuMicros(),
              call.cpuMicrosAtEnd(),
              call.cpuMicros99(),
              call.speakers()));
    }
    return table.toString();
  }

  private String json(List<LongCall> calls) {
    return JsonLine.of(
        json -> {
          json.writeNumberField("speakers", speakers);
          json.writeNumberField("dimension", dimension);
          json.writeNumberField("seed", seed);
          json.writeArrayFieldStart("calls");
          for (LongCall call : calls) {
            json.writeStartObject();
            json.writeNumberField("seconds", call.seconds());
            json.writeNumberField("segments", call.segments());
            json.writeNumberField("stateBytes", call.stateBytes());
            json.writeNumberField("stateBytesAtEnd", call.stateBytesAtEnd());
            json.writeNumberField("eventsPerMinute", call.eventsPerMinute());
            json.writeNumberField("eventsPerMinuteAtEnd", call.eventsPerMinuteAtEnd());
            json.writeNumberField("cpuMicros", call.cpuMicros());
            json.writeNumberField("cpuMicrosAtEnd", call.cpuMicrosAtEnd());
            json.writeNumberField("cpuMicros99", call.cpuMicros99());
            json.writeNumberField("named", call.speakers());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }
}
