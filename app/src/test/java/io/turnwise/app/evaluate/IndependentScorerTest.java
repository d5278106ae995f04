package io.turnwise.app.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the scorer in Python that lies beside the project. */
class IndependentScorerTest {
  private static final long SEED = 11;

  @TempDir private Path hypotheses;

  @ParameterizedTest
  @CsvSource({
    "calls/wideband, 0",
    "calls/wideband, 0.25",
    "ami, 0",
    "ami, 0.25",
    "call-centre/stereo, 0",
    "call-centre/mono, 0.25",
    "telephone, 0.1"
  })
  void shouldAgreeOnSpoiltReferences(String folder, double collar) throws Exception {
    // Given: the references with boundaries moved, speakers confused, speech lost and invented
    Path scorer = Shared.require("tools/der.py");
    Path references = Shared.require("audio/" + folder);
    Random random = new Random(SEED);
    DiarizationError ours = DiarizationError.NONE;
    for (Path reference : rttms(references)) {
      List<Turn> turns = Rttm.read(reference);
      Path file = hypotheses.resolve(reference.getFileName());
      Rttm.write(file, "x", spoilt(turns, random));
      ours = ours.plus(DiarizationError.of(turns, Rttm.read(file), collar));
    }

    // When
    JsonNode theirs = python(scorer, references, hypotheses, collar);

    // Then
    assertEquals(theirs.get("total").asDouble(), ours.total() / 100.0, 1e-6, "seed " + SEED);
    assertEquals(theirs.get("miss").asDouble(), ours.miss() / 100.0, 1e-6, "seed " + SEED);
    assertEquals(
        theirs.get("false_alarm").asDouble(), ours.falseAlarm() / 100.0, 1e-6, "seed " + SEED);
    assertEquals(
        theirs.get("confusion").asDouble(), ours.confusion() / 100.0, 1e-6, "seed " + SEED);
    assertEquals(theirs.get("der").asDouble(), ours.rate(), 1e-9, "seed " + SEED);
    assertTrue(ours.miss() > 0 && ours.falseAlarm() > 0 && ours.confusion() > 0, "is spoilt");
  }

  private static List<Turn> spoilt(List<Turn> turns, Random random) {
    List<String> names = turns.stream().map(Turn::speaker).distinct().sorted().toList();
    List<Turn> spoilt = new ArrayList<>();
    for (Turn turn : turns) {
      if (random.nextInt(8) == 0) {
        continue;
      }
      int speaker =
          random.nextInt(5) == 0 ? random.nextInt(names.size() + 1) : names.indexOf(turn.speaker());
      double start = Math.max(0, turn.start() + (random.nextInt(900) - 400) / 1000.0);
      spoilt.add(
          new Turn(
              1, start, turn.duration() * (0.7 + random.nextInt(700) / 1000.0), "S" + speaker));
    }
    spoilt.add(new Turn(1, 3, 2.5, "S0"));
    spoilt.add(new Turn(1, 9, 4, "S1"));
    return spoilt;
  }

  private static List<Path> rttms(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".rttm")).sorted().toList();
    }
  }

  private JsonNode python(Path scorer, Path references, Path found, double collar)
      throws Exception {
    Path out = hypotheses.resolve("scores.json");
    Process python;
    try {
      python =
          new ProcessBuilder(
                  "python3",
                  scorer.toString(),
                  references.toString(),
                  found.toString(),
                  "--collar",
                  Double.toString(collar),
                  "--json")
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "skipped: there is no python3 on this machine");
      throw e;
    }
    assertTrue(python.waitFor(120, TimeUnit.SECONDS), "the scorer ends");
    assertEquals(0, python.exitValue(), "the scorer's exit code");
    return new JsonMapper().readTree(Files.readString(out));
  }
}
