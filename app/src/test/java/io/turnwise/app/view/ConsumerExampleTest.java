package io.turnwise.app.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnwise.avro.ChangeType;
import io.turnwise.avro.DecisionKind;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.testing.Shared;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part of the JavaScript consumer that needs no broker, held against our own. */
class ConsumerExampleTest {
  private static final Path EXAMPLE = Shared.projectRoot().resolve("docs/consumers/javascript");
  private static final int CHANNELS = 3;

  /** Prints a call's labels, a line a channel, whenever its events have all been applied. */
  private static final String SCRIPT =
      """
      import { readFileSync } from "node:fs";
      import { Timeline } from "./timeline.js";
      const timelines = new Map();
      for (const line of readFileSync(0, "utf8").trimEnd().split("\\n")) {
        const event = JSON.parse(line);
        if (!timelines.has(event.call)) timelines.set(event.call, new Timeline(event.call));
        timelines.get(event.call).apply(event);
      }
      for (const [call, timeline] of timelines) {
        for (let channel = 0; channel < 3; channel++) {
          const labels = timeline.intervals(channel).map((i) => `${i.from} ${i.speaker ?? "-"}`);
          console.log(`${call} ${channel}: ${labels.join(", ")}`);
        }
      }
      """;

  @TempDir private Path folder;

  @BeforeAll
  static void requireNode() {
    String path = System.getenv().getOrDefault("PATH", "");
    assumeTrue(
        List.of(path.split(File.pathSeparator)).stream()
            .anyMatch(entry -> Files.isExecutable(Path.of(entry, "node"))),
        "skipped: there is no Node.js on the PATH");
  }

  @Test
  void shouldPassTheTestsThatLieBesideIt() throws Exception {
    run("", "node", "--test");
  }

  @Test
  void shouldHoldTheSameAnswerAsOursWhateverTheEvents() throws Exception {
    // Given: calls of random events, some of which come again
    StringWriter lines = new StringWriter();
    JsonChanges json = new JsonChanges(new PrintWriter(lines));
    List<String> expected = new ArrayList<>();
    for (long seed = 0; seed < 100; seed++) {
      String call = "seed-" + seed;
      SpeakerTimeline ours = new SpeakerTimeline(call);
      for (SpeakerChange event : events(call, new Random(seed))) {
        ours.apply(event);
        json.show(event);
      }
      for (int channel = 0; channel < CHANNELS; channel++) {
        expected.add(call + " " + channel + ": " + labels(ours, channel));
      }
    }

    // When
    String printed = run(lines.toString(), "node", "--input-type=module", "-e", SCRIPT);

    // Then: a line that differs names its seed
    assertEquals(expected, printed.lines().toList());
  }

  private static List<SpeakerChange> events(String call, Random random) {
    List<SpeakerChange> events = new ArrayList<>();
    int count = 1 + random.nextInt(30);
    for (int revision = 1; revision <= count; revision++) {
      ChangeType type = ChangeType.values()[random.nextInt(ChangeType.values().length)];
      long at = 500L * random.nextInt(20);
      boolean merged = type == ChangeType.MERGED;
      SpeakerChange event =
          SampleChanges.builder(
                  call,
                  random.nextInt(CHANNELS),
                  revision,
                  at,
                  speaker(random, !merged),
                  speaker(random, !merged),
                  DecisionKind.MATCH)
              .setType(type)
              .setUntilMillis(
                  type == ChangeType.REASSIGNED ? at + 500L * (1 + random.nextInt(9)) : null)
              .build();
      events.add(event);
      if (random.nextInt(5) == 0) {
        events.add(events.get(random.nextInt(events.size())));
      }
    }
    return events;
  }

  private static String speaker(Random random, boolean orNobody) {
    int number = random.nextInt(orNobody ? 5 : 4);
    return number == 4 ? null : "S" + (number + 1);
  }

  private static String labels(SpeakerTimeline timeline, int channel) {
    return timeline.intervals(channel).stream()
        .map(
            label ->
                label.fromMillis()
                    + " "
                    + (label.speaker().equals(SpeakerTimeline.UNKNOWN) ? "-" : label.speaker()))
        .collect(Collectors.joining(", "));
  }

  /** Its output; a run that fails fails the test. */
  private String run(String input, String... command) throws IOException, InterruptedException {
    Path in = Files.writeString(folder.resolve("in"), input);
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .directory(EXAMPLE.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true)
            .start();
    int exitCode = process.waitFor();
    String printed = Files.readString(out, StandardCharsets.UTF_8);
    assertEquals(0, exitCode, printed);
    return printed;
  }
}
