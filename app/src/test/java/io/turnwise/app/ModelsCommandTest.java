package io.turnwise.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.turnwise.app.models.ScriptedServer;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelsCommandTest {
  private static final String HOME = "turnwise.home";
  private static final byte[] MODEL = OnnxBytes.features();

  @TempDir Path folder;
  private Path models;
  private Path cache;
  private String homeBefore;
  private final List<String> entries = new ArrayList<>();

  @BeforeEach
  void anInstallation() throws Exception {
    homeBefore = System.getProperty(HOME);
    System.setProperty(HOME, folder.resolve("home").toString());
    models = Files.createDirectories(folder.resolve("home/models"));
    cache = folder.resolve("to");
    know("voices", MODEL);
  }

  @AfterEach
  void asBefore() {
    if (homeBefore == null) {
      System.clearProperty(HOME);
    } else {
      System.setProperty(HOME, homeBefore);
    }
  }

  @Test
  void shouldListWhatIsKnownAndWhereItIs() throws Exception {
    // Given
    know("broken", "features", 80, sha256(MODEL), 0, "https://example.org/broken.onnx");
    know("absent", "vad", 0, "", 1_300_000, "");
    Files.write(models.resolve("voices.onnx"), MODEL);
    Files.writeString(models.resolve("broken.onnx"), "no model");

    // When
    CommandLineRun run = CommandLineRun.of("models", "list");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(
        """
        NAME    KIND      DIM  SIZE       LICENCE  DIGEST  WHERE
        voices  features  80   %d bytes  MIT      right   %s
        broken  features  80   -          MIT      WRONG   %s
        absent  vad       -    1.3 MB     MIT      none    not here, no public address
        """
            .formatted(MODEL.length, models.resolve("voices.onnx"), models.resolve("broken.onnx")),
        run.out().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void shouldListWhatIsKnownAsJson() throws Exception {
    // Given
    know("absent", "vad", 0, "", 0, "");
    Files.write(models.resolve("voices.onnx"), MODEL);

    // When
    CommandLineRun run = CommandLineRun.of("models", "list", "--json");

    // Then
    List<JsonNode> lines = json(run);
    assertEquals("voices", lines.get(0).get("model").asText());
    assertEquals("right", lines.get(0).get("digest").asText());
    assertEquals(MODEL.length, lines.get(0).get("bytes").asInt());
    assertEquals(models.resolve("voices.onnx").toString(), lines.get(0).get("path").asText());
    assertEquals("https://example.org/voices.onnx", lines.get(0).get("address").asText());
    for (String absent : List.of("path", "address", "sha256", "bytes", "dimension")) {
      assertTrue(lines.get(1).get(absent).isNull(), absent + ": " + lines.get(1));
    }
  }

  @Test
  void shouldVerifyTheModelsThatAreHere() throws Exception {
    // Given
    know("absent", OnnxBytes.waveform());
    know("pyannote", "features-and-weights", 80, sha256(OnnxBytes.featuresAndWeights()), 0, "");
    Files.write(models.resolve("voices.onnx"), MODEL);
    Files.write(models.resolve("pyannote.onnx"), OnnxBytes.featuresAndWeights());

    // When
    CommandLineRun run = CommandLineRun.of("models", "verify");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.out().lines().toList();
    assertEquals(2, lines.size(), run.out());
    assertEquals(
        "ok     voices  features, 80 dimensions, sha256 "
            + sha256(MODEL)
            + "  "
            + models.resolve("voices.onnx"),
        lines.get(0));
    assertTrue(lines.get(1).startsWith("ok     pyannote  features-and-weights"), lines.get(1));
  }

  @Test
  void shouldVerifyAFileThatNoManifestKnows() throws Exception {
    // Given
    Path file = Files.write(folder.resolve("mine.onnx"), OnnxBytes.waveform());

    // When
    CommandLineRun run = CommandLineRun.of("models", "verify", file, "--json");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    JsonNode found = json(run).get(0);
    assertEquals("mine", found.get("model").asText());
    assertEquals("waveform", found.get("kind").asText());
    assertEquals(1, found.get("dimension").asInt());
    assertTrue(found.get("ok").asBoolean());
    assertFalse(found.get("listed").asBoolean());
    assertTrue(found.get("problem").isNull());
  }

  @Test
  void shouldVerifyByNameAFileThatNoManifestKnows() throws Exception {
    // Given
    Path file = Files.write(models.resolve("mine.onnx"), OnnxBytes.waveform());

    // When
    CommandLineRun run = CommandLineRun.of("models", "verify", "mine");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith("ok     mine  waveform, 1 dimensions"), run.out());
    assertTrue(run.out().contains("(in no manifest)  " + file), run.out());
  }

  @Test
  void shouldSayOfEachModelWhatIsWrongWithIt() throws Exception {
    // Given
    byte[] deaf =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .reduce("ReduceMax", "feats", "loudest", false)
            .node("Sub", "embs", "loudest", "loudest")
            .file();
    Files.write(folder.resolve("deaf.onnx"), deaf);
    Files.write(folder.resolve("nan.onnx"), OnnxBytes.notANumber());
    Files.writeString(folder.resolve("text.onnx"), "no model");
    Files.write(models.resolve("voices.onnx"), OnnxBytes.waveform());
    Path good = Files.write(folder.resolve("good.onnx"), OnnxBytes.waveform());

    // When
    CommandLineRun run =
        CommandLineRun.of(
            "models",
            "verify",
            folder.resolve("deaf.onnx"),
            folder.resolve("nan.onnx"),
            folder.resolve("text.onnx"),
            "voices",
            "vioces",
            folder.resolve("none.onnx"),
            good);

    // Then
    List<String> lines = run.out().lines().toList();
    assertEquals(1, run.exitCode());
    assertEquals(7, lines.size(), run.out());
    assertWrong(lines.get(0), "only zeros");
    assertWrong(lines.get(1), "not finite");
    assertWrong(lines.get(2), "ONNX");
    assertWrong(lines.get(3), sha256(MODEL));
    assertWrong(lines.get(4), "no model vioces");
    assertWrong(lines.get(5), "does not exist");
    assertTrue(lines.get(6).startsWith("ok     good"), lines.get(6));
    assertEquals(
        "turnwise: 6 of 7 models did not pass; standard output says why and what to do.",
        run.err().strip());
  }

  @Test
  void shouldSayThatAModelHearsNoDifference() throws Exception {
    // Given: one for every sound
    byte[] alike =
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .reduce("ReduceMax", "feats", "loudest", false)
            .node("Sub", "nothing", "loudest", "loudest")
            .node("Exp", "embs", "nothing")
            .file();
    Files.write(folder.resolve("alike.onnx"), alike);

    // When
    CommandLineRun run = CommandLineRun.of("models", "verify", folder.resolve("alike.onnx"));

    // Then
    assertEquals(1, run.exitCode());
    assertWrong(run.out(), "whatever it hears");
  }

  @Test
  void shouldVerifyASpeechDetector() throws Exception {
    // Given
    Path silero = Shared.require("models/silero_vad.onnx");
    know("detector", "vad", 0, sha256(Files.readAllBytes(silero)), 0, "");

    // When
    CommandLineRun right = CommandLineRun.of("models", "verify", silero);
    Files.write(models.resolve("detector.onnx"), MODEL);
    CommandLineRun wrong = CommandLineRun.of("models", "verify", "detector");

    // Then
    assertTrue(right.out().startsWith("ok     detector  vad, sha256"), right.out());
    assertEquals(1, wrong.exitCode());
    assertWrong(wrong.out(), sha256(MODEL));
  }

  @Test
  void shouldSayThatThereIsNothingToVerify() {
    assertSentence("None of the models", "models", "verify");
  }

  @Test
  void shouldFetchAModelAndSayWhereItIs() throws Exception {
    // Given
    try (ScriptedServer server = serving(MODEL)) {
      // When
      CommandLineRun run = fetch(server, "voices");

      // Then
      Path file = cache.resolve("voices.onnx");
      assertEquals(0, run.exitCode(), run.err());
      assertEquals(file.toAbsolutePath().normalize() + System.lineSeparator(), run.out());
      assertArrayEquals(MODEL, Files.readAllBytes(file));
      assertTrue(run.err().contains("voices: 100 %"), run.err());
      assertTrue(run.err().contains("Its digest is right."), run.err());
    }
  }

  @Test
  void shouldDoNothingWhenTheFileIsThereAlready() throws Exception {
    // Given
    try (ScriptedServer server = serving(MODEL)) {
      fetch(server, "voices");

      // When
      CommandLineRun run = fetch(server, "voices");

      // Then
      assertEquals(0, run.exitCode(), run.err());
      assertTrue(run.err().contains("is here already"), run.err());
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void shouldDoNothingWhenTheFileIsInAnotherFolderAlready() throws Exception {
    // Given
    Files.write(models.resolve("voices.onnx"), MODEL);

    // When
    CommandLineRun run = CommandLineRun.of("models", "fetch", "voices");

    // Then
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().contains(models.resolve("voices.onnx").toString()), run.out());
  }

  @Test
  void shouldSayThatAWrongFileWouldBeFoundFirst() throws Exception {
    Files.write(models.resolve("voices.onnx"), OnnxBytes.waveform());

    assertSentence("is looked for first", "models", "fetch", "voices");
  }

  @Test
  void shouldReplaceAWrongFileOnlyWhenForced() throws Exception {
    // Given
    Path file = Files.createDirectories(cache).resolve("voices.onnx");
    Files.writeString(file, "something else");
    try (ScriptedServer server = serving(MODEL)) {
      // When
      CommandLineRun refused = fetch(server, "voices");
      String afterwards = Files.readString(file);
      CommandLineRun forced = fetch(server, "voices", "--force");

      // Then
      assertEquals(1, refused.exitCode());
      assertTrue(refused.err().contains("--force"), refused.err());
      assertTrue(refused.err().contains(sha256(MODEL)), refused.err());
      assertEquals("something else", afterwards);
      assertEquals(0, forced.exitCode(), forced.err());
      assertArrayEquals(MODEL, Files.readAllBytes(file));
    }
  }

  @Test
  void shouldPutNothingInPlaceWhenTheDigestIsWrong() throws Exception {
    // Given
    byte[] other = MODEL.clone();
    other[MODEL.length - 1]++;
    try (ScriptedServer server = serving(other)) {
      // When
      CommandLineRun run = fetch(server, "voices");

      // Then
      assertEquals(1, run.exitCode());
      assertEquals("", run.out());
      assertTrue(run.err().contains(sha256(MODEL)), run.err());
      assertTrue(run.err().contains(sha256(other)), run.err());
      assertFalse(Files.exists(cache.resolve("voices.onnx")));
      assertFalse(Files.exists(cache.resolve("voices.onnx.part")));
    }
  }

  @Test
  void shouldSayInOneSentenceThatTheNetworkIsClosed() throws Exception {
    // When
    CommandLineRun run =
        CommandLineRun.of(
            "models", "fetch", "voices", "--to", cache, "--address", "http://closed.invalid/x");

    // Then
    assertEquals(1, run.exitCode());
    String sentence = run.err().lines().reduce("", (first, second) -> second);
    assertTrue(sentence.startsWith("turnwise: The model voices cannot be fetched"), run.err());
    assertTrue(sentence.contains("http://closed.invalid/x"), sentence);
    assertTrue(sentence.contains(cache.resolve("voices.onnx").toString()), sentence);
    assertTrue(sentence.contains(sha256(MODEL)), sentence);
  }

  @Test
  void shouldFetchNothingThatCouldNotBeVerified() throws Exception {
    // Given
    know("unknown", "features", 80, "", 0, "https://example.org/x");
    try (ScriptedServer server = serving(MODEL)) {
      // When
      CommandLineRun without = fetch(server, "unknown");
      CommandLineRun with =
          fetch(server, "unknown", "--sha256", sha256(MODEL).toUpperCase(Locale.ROOT));

      // Then
      assertEquals(1, without.exitCode());
      assertTrue(without.err().contains("--sha256"), without.err());
      assertEquals(0, with.exitCode(), with.err());
      assertTrue(with.err().contains("--model " + cache.resolve("unknown.onnx")), with.err());
      assertEquals(1, server.requests().size());
    }
  }

  @Test
  void shouldNotLetTheCommandLineContradictTheManifest() {
    assertSentence(
        "correct the one that is wrong", "models", "fetch", "voices", "--sha256", "0".repeat(64));
  }

  @Test
  void shouldSayThatThereIsNoSuchModelAndNameThoseThereAre() {
    assertSentence("names voices;", "models", "fetch", "vioces");
  }

  @Test
  void shouldSayThatNoAddressIsKnown() throws Exception {
    know("private", "features", 80, "0".repeat(64), 0, "");

    assertSentence("No public address is known", "models", "fetch", "private");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--sha256=abc",
        "--address=ftp://example.org/x",
        "--address=https://me:secret@example.org/x"
      })
  void shouldTellMisuseOfAnOption(String option) {
    // When
    CommandLineRun run = CommandLineRun.of("models", "fetch", "voices", "--to", cache, option);

    // Then
    assertEquals("exit 2, 0 characters, 2 lines", run.shape(), run.err());
    assertTrue(run.err().contains(option.substring(0, option.indexOf('='))), run.err());
    assertFalse(run.err().contains("me:secret"), run.err());
  }

  @Test
  void shouldNotMixTwoFetchesOfOneModel() throws Exception {
    // Given
    byte[] large = large();
    know("large", large);
    try (ScriptedServer server = serving(large);
        Pool pool = new Pool(4)) {
      CyclicBarrier start = new CyclicBarrier(4);
      Callable<CommandLineRun> one =
          () -> {
            start.await();
            return fetch(server, "large");
          };

      // When
      List<Future<CommandLineRun>> runs = pool.service().invokeAll(List.of(one, one, one, one));

      // Then
      for (Future<CommandLineRun> run : runs) {
        assertEquals(0, run.get().exitCode(), run.get().err());
      }
      assertArrayEquals(large, Files.readAllBytes(cache.resolve("large.onnx")));
      assertEquals(1, server.requests().size(), "only one of them needs to fetch it");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "verify", "fetch"})
  void shouldExplainEachCommandWithExamples(String command) {
    CommandLineRun run = CommandLineRun.of("models", command, "--help");

    assertEquals(0, run.exitCode());
    assertTrue(run.out().contains("Usage: turnwise models " + command), run.out());
    assertTrue(run.out().contains("Examples:\n  turnwise models " + command), run.out());
  }

  private CommandLineRun fetch(ScriptedServer server, String name, Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("models", "fetch", name, "--to", cache, "--address", server.at("/x.onnx")));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  private static ScriptedServer serving(byte[] file) throws IOException {
    return new ScriptedServer(
        (n, request, out) -> {
          out.write(
              ("HTTP/1.1 200 OK\r\nContent-Length: " + file.length + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
          out.write(file);
        });
  }

  private static byte[] large() {
    byte[] large = new byte[3_000_000];
    new Random(5).nextBytes(large);
    return large;
  }

  private void know(String name, byte[] file) throws Exception {
    know(name, "features", 80, sha256(file), file.length, "https://example.org/" + name + ".onnx");
  }

  private void know(
      String name, String kind, int dimension, String sha256, long bytes, String address)
      throws IOException {
    entries.add(
        """
        {"name": "%s", "file": "%s.onnx", "sha256": "%s", "digestChecked": true, "bytes": %d,
         "ships": false, "licence": "MIT", "source": "the moon", "address": "%s", "kind": "%s",
         "sampleRate": 16000, "bins": 80, "dimension": %d%s}
        """
            .formatted(
                name,
                name,
                sha256,
                bytes,
                address,
                kind,
                dimension,
                dimension > 0 ? ", \"thresholds\": {\"segment\": 0.5}" : ""));
    Files.writeString(
        models.resolve("manifest.json"), "{\"models\": [" + String.join(",", entries) + "]}");
  }

  private static void assertWrong(String line, String part) {
    assertTrue(line.startsWith("wrong  "), line);
    assertTrue(line.contains(part), line);
  }

  private static void assertSentence(String part, Object... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);

    assertEquals("exit 1, 0 characters, 1 lines", run.shape(), run.err());
    assertTrue(run.err().contains(part), run.err());
  }

  private static List<JsonNode> json(CommandLineRun run) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : run.out().lines().toList()) {
      lines.add(new JsonMapper().readTree(line));
    }
    return lines;
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** Threads that end with the test. */
  private record Pool(ExecutorService service) implements AutoCloseable {
    Pool(int threads) {
      this(Executors.newFixedThreadPool(threads));
    }

    @Override
    public void close() {
      service.shutdownNow();
    }
  }
}
