package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnwiseTest {
  private static final String ONE_SENTENCE = "exit 1, 0 characters, 1 lines";
  private static final String MISUSE = "exit 2, 0 characters, 2 lines";

  @TempDir Path folder;
  private Path good;

  @BeforeEach
  void writeARecording() throws Exception {
    good = Wav.write(folder.resolve("good.wav"), 16_000, 1, 32_000);
  }

  @Test
  void shouldTellInOneSentenceThatAFileIsMissing() {
    assertSentence("there is no such file", "demo", folder.resolve("missing.wav"));
  }

  @Test
  void shouldTellInOneSentenceThatAFileIsEmpty() throws Exception {
    Path file = Files.createFile(folder.resolve("empty.wav"));

    assertSentence("it is empty", "demo", file);
  }

  @Test
  void shouldTellInOneSentenceThatAFileIsTruncated() throws Exception {
    byte[] whole = Files.readAllBytes(good);
    Path file = Files.write(folder.resolve("cut.wav"), Arrays.copyOf(whole, whole.length / 2));

    assertSentence("it is truncated", "demo", file);
  }

  @Test
  void shouldTellInOneSentenceThatAFileIsAnMp3() throws Exception {
    byte[] frame = new byte[417];
    frame[0] = (byte) 0xff;
    frame[1] = (byte) 0xfb;
    Path file = Files.write(folder.resolve("song.wav"), frame);

    assertSentence("an MP3 file", "demo", file);
  }

  @Test
  void shouldRefuseAllFilesBecauseOfOneThatCannotBePlayed() {
    assertSentence("missing.wav", "demo", good, folder.resolve("missing.wav"));
  }

  @Test
  void shouldTellInOneSentenceThatThereIsNoSuchModel() {
    assertSentence("no model nobody-trained-it", "demo", good, "--model", "nobody-trained-it");
    assertSentence(
        "does not exist",
        "embed",
        good,
        "--start",
        0,
        "--duration",
        1,
        "--model",
        folder.resolve("none.onnx"));
  }

  @Test
  void shouldTellInOneSentenceThatAModelIsNone() throws Exception {
    Path model = Files.writeString(folder.resolve("text.onnx"), "this is no model");

    assertSentence("text.onnx", "demo", good, "--model", model);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--start 1.5 --duration 1", "--start -1 --duration 1", "--start 0 --duration 0"})
  void shouldTellInOneSentenceThatAStretchIsOutsideTheFile(String range) {
    List<Object> arguments = new java.util.ArrayList<>(List.of("embed", good));
    arguments.addAll(List.of(range.split(" ")));

    assertSentence("which is 2.000 s long", arguments.toArray());
  }

  @Test
  void shouldTellInOneSentenceThatAFileHasNoSuchChannel() {
    assertSentence("no channel 1", "embed", good, "--start", 0, "--duration", 1, "--channel", 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "watch"})
  void shouldTellInOneSentenceThatTheSettingsFileIsMissing(String command) {
    assertSentence("does not exist", command, "--config", folder.resolve("none.properties"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "watch"})
  void shouldNameTheSettingThatIsMissing(String command) throws Exception {
    Path file = Files.writeString(folder.resolve("a.properties"), "bootstrap.servers=b:1\n");

    assertSentence("bootstrap.servers is missing", command);
    assertSentence("schema.registry.url is missing", command, "--config", file);
  }

  @Test
  void shouldNameAllSettingsThatCannotBeUsed() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("a.properties"),
            "bootstrap.servers=b:1\nschema.registry.url=mock://x\nturnwise.hopp.ms=500\n"
                + "num.stream.threads=two\n");

    assertSentence("setting turnwise.hopp.ms: there is no such setting", "run", "--config", file);
    assertSentence("setting num.stream.threads", "run", "--config", file);
  }

  @Test
  void shouldTellMisuseApartFromWhatCannotBeUsed() {
    assertEquals(MISUSE, CommandLineRun.of("demo", good, "--speed", "banana").shape());
    assertEquals(MISUSE, CommandLineRun.of("demo", good, "--hop", "255").shape());
    assertEquals(MISUSE, CommandLineRun.of("embed", good, "--start", "0").shape());
    assertEquals(MISUSE, CommandLineRun.of("run", "--from", "banana").shape());
    assertEquals(MISUSE, CommandLineRun.of("send", good, "--bootstrap-server", "b:1").shape());
    assertEquals(
        MISUSE, CommandLineRun.of("send", good, "--call", "c", "--channel", "256").shape());
  }

  @Test
  void shouldEvaluateEitherCallsOrTrials() {
    assertEquals(MISUSE, CommandLineRun.of("evaluate").shape());
    assertEquals(MISUSE, CommandLineRun.of("evaluate", "--audio", folder).shape());
    assertEquals(
        MISUSE, CommandLineRun.of("evaluate", "--trials", folder, "--audio", folder).shape());
    assertEquals(MISUSE, CommandLineRun.of("evaluate", "--trials", folder, "--hop", "500").shape());
  }

  @Test
  void shouldTellInOneSentenceThatThereAreNoTrials() {
    assertSentence("no folder", "evaluate", "--trials", folder);
    assertSentence("cannot be listed", "evaluate", "--trials", folder.resolve("none"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "run", "send", "watch", "embed", "evaluate", "tune", "check", "soak"})
  void shouldExplainEachCommandWithExamplesAndExitCodes(String command) {
    CommandLineRun run = CommandLineRun.of(command, "--help");

    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("Usage: turnwise " + command), run.out());
    assertTrue(run.out().contains("Examples:\n  turnwise " + command), run.out());
    assertTrue(run.out().contains("Exit codes:"), run.out());
  }

  private static void assertSentence(String part, Object... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);

    assertEquals(ONE_SENTENCE, run.shape(), run.err());
    assertTrue(run.err().startsWith("turnwise: "), run.err());
    assertTrue(run.err().contains(part), run.err());
  }
}
