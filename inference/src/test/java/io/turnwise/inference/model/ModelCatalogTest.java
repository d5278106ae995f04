package io.turnwise.inference.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.CalibrationFile;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.Shared;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCatalogTest {
  @TempDir Path folder;
  private Path first;
  private Path second;
  private ModelCatalog catalog;

  @BeforeEach
  void twoFolders() throws IOException {
    first = Files.createDirectory(folder.resolve("first"));
    second = Files.createDirectory(folder.resolve("second"));
    catalog = new ModelCatalog(List.of(first, second, folder.resolve("absent")));
  }

  @Test
  void shouldFindAModelByName() throws IOException {
    // Given
    byte[] file = OnnxBytes.features();
    manifest(second, entry("voices", "voices.onnx", sha256(file), "features", 80, 80));
    Files.write(second.resolve("voices.onnx"), file);

    // When
    Model model = catalog.find("voices");

    // Then
    assertEquals("voices", model.name());
    assertEquals(sha256(file), model.fingerprint());
    assertEquals(InputKind.FEATURES, model.kind());
    assertEquals(80, model.bins());
    assertEquals(80, model.dimension());
    assertEquals(0.61f, model.threshold());
    assertArrayEquals(file, model.bytes());
  }

  @Test
  void shouldRefuseAFileWithAnotherDigestThoughALaterFolderHasTheRightOne() throws IOException {
    // Given
    byte[] right = OnnxBytes.features();
    byte[] wrong = OnnxBytes.notANumber();
    manifest(second, entry("voices", "voices.onnx", sha256(right), "features", 80, 80));
    Files.write(first.resolve("voices.onnx"), wrong);
    Files.write(second.resolve("voices.onnx"), right);

    // Then
    String message = refusal("voices");
    assertTrue(message.contains(sha256(right)), message);
    assertTrue(message.contains(sha256(wrong)), message);
    assertTrue(message.contains(first.resolve("voices.onnx").toString()), message);
  }

  @Test
  void shouldSayWhenADigestWasOnlyQuoted() throws IOException {
    manifest(
        first,
        entry("voices", "voices.onnx", "0".repeat(64), "features", 80, 80)
            .replace("\"digestChecked\": true", "\"digestChecked\": false"));
    Files.write(first.resolve("voices.onnx"), OnnxBytes.features());
    assertTrue(refusal("voices").contains("quoted"), refusal("voices"));
  }

  @Test
  void shouldRefuseAnEntryWithoutDigest() throws IOException {
    manifest(first, entry("voices", "voices.onnx", "", "features", 80, 80));
    Files.write(first.resolve("voices.onnx"), OnnxBytes.features());
    assertTrue(refusal("voices").contains("no sha256"), refusal("voices"));
  }

  @Test
  void shouldNameFoldersAndKnownModelsWhenThereIsNone() throws IOException {
    // Given
    manifest(first, entry("voices", "voices.onnx", "0".repeat(64), "features", 80, 80));

    // Then
    String message = refusal("vioces");
    assertTrue(message.contains("voices"), message);
    assertTrue(message.contains(first.toString()), message);
    assertTrue(message.contains(second.toString()), message);
    assertTrue(message.contains("absent (no such folder)"), message);
  }

  @Test
  void shouldSayWhereAKnownButAbsentModelComesFrom() throws IOException {
    manifest(first, entry("voices", "voices.onnx", "0".repeat(64), "features", 80, 80));
    assertTrue(refusal("voices").contains("the moon"), refusal("voices"));
  }

  @Test
  void shouldTakeAPathWithoutAnEntry() throws IOException {
    // Given
    Path path = folder.resolve("mine.onnx");
    Files.write(path, OnnxBytes.waveform());

    // When
    Model model = catalog.find(path.toString());

    // Then
    assertEquals("mine", model.name());
    assertEquals(InputKind.WAVEFORM, model.kind());
    assertEquals(0, model.bins());
    assertEquals(1, model.dimension());
    assertEquals(ModelCatalog.DEFAULT_THRESHOLD, model.threshold());
  }

  @Test
  void shouldTakeANameThatIsAFileOfAFolder() throws IOException {
    Files.write(second.resolve("mine.onnx"), OnnxBytes.featuresAndWeights());
    assertEquals(InputKind.FEATURES_AND_WEIGHTS, catalog.find("mine").kind());
  }

  @Test
  void shouldGiveAPathTheEntryOfItsDigest() throws IOException {
    // Given
    byte[] file = OnnxBytes.features();
    manifest(first, entry("voices", "voices.onnx", sha256(file), "features", 80, 80));
    Path path = folder.resolve("renamed.onnx");
    Files.write(path, file);

    // When
    Model model = catalog.find(path.toString());

    // Then
    assertEquals("voices", model.name());
    assertEquals(0.61f, model.threshold());
  }

  @Test
  void shouldRefuseThePathOfAnEntrysFileWithAnotherDigest() throws IOException {
    manifest(first, entry("voices", "voices.onnx", "0".repeat(64), "features", 80, 80));
    Path path = Files.write(first.resolve("voices.onnx"), OnnxBytes.features());
    assertTrue(refusal(path.toString()).contains("0".repeat(64)), refusal(path.toString()));
  }

  @Test
  void shouldFindTheDimensionThatTheGraphLeavesOpen() throws IOException {
    // Given
    Path path = folder.resolve("open.onnx");
    Files.write(
        path,
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", "D")
            .reduce("ReduceMax", "feats", "embs", false)
            .file());

    // Then
    assertEquals(80, catalog.find(path.toString()).dimension());
  }

  @Test
  void shouldRefuseAManifestThatContradictsTheFile() throws IOException {
    byte[] file = OnnxBytes.features();
    Files.write(first.resolve("voices.onnx"), file);
    manifest(first, entry("voices", "voices.onnx", sha256(file), "features", 80, 256));
    assertTrue(refusal("voices").contains("256"), refusal("voices"));
    manifest(first, entry("voices", "voices.onnx", sha256(file), "waveform", 0, 80));
    assertTrue(refusal("voices").contains("waveform"), refusal("voices"));
  }

  @Test
  void shouldRefuseASpeechDetector() throws IOException {
    byte[] file = OnnxBytes.features();
    Files.write(first.resolve("voices.onnx"), file);
    manifest(first, entry("voices", "voices.onnx", sha256(file), "vad", 0, 0));
    assertTrue(refusal("voices").contains("detects speech"), refusal("voices"));
  }

  @Test
  void shouldRefuseTensorsInOtherFiles() throws IOException {
    refuseFile(
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .externalInitializer("conv.weight")
            .file(),
        "'conv.weight'");
  }

  @Test
  void shouldRefuseOperatorsOfALibrary() throws IOException {
    refuseFile(
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("embs", "B", 80)
            .foreignNode("my.ops", "Embed", "embs", "feats")
            .file(),
        "[my.ops]");
  }

  @Test
  void shouldRefuseDimensionsThatNoEmbeddingHas() throws IOException {
    refuseFile(
        new OnnxBytes().input("feats", "B", "T", 80).output("embs", "B", 0).file(), "1 to 65536");
    refuseFile(
        new OnnxBytes().input("feats", "B", "T", 80).output("embs", "B", 1 << 30).file(),
        "1 to 65536");
  }

  @Test
  void shouldTakeFromTheManifestHowAShortWaveformIsPadded() throws IOException {
    // Given
    byte[] file = OnnxBytes.waveform();
    Files.write(first.resolve("voices.onnx"), file);
    manifest(
        first, padded(entry("voices", "voices.onnx", sha256(file), "waveform", 0, 1), "repeat"));

    // Then
    assertEquals(
        new ShortInput(32_000, ShortInput.Padding.REPEAT), catalog.find("voices").shortInput());
  }

  @Test
  void shouldRefuseAPaddingThatIsNone() throws IOException {
    byte[] file = OnnxBytes.waveform();
    Files.write(first.resolve("voices.onnx"), file);
    String entry = entry("voices", "voices.onnx", sha256(file), "waveform", 0, 1);
    manifest(first, padded(entry, "mirror"));
    assertTrue(refusal("voices").contains("mirror"), refusal("voices"));
    manifest(first, padded(entry, "zeros").replace("32000", "-1"));
    assertTrue(refusal("voices").contains("-1"), refusal("voices"));
    manifest(first, padded(entry("voices", "v.onnx", "", "features", 80, 80), "zeros"));
    assertTrue(refusal("voices").contains("only a waveform"), refusal("voices"));
  }

  private static String padded(String entry, String padding) {
    return entry.replace(
        "\"thresholds\"",
        "\"shortInput\": {\"samples\": 32000, \"padding\": \"" + padding + "\"}, \"thresholds\"");
  }

  @Test
  void shouldRecogniseAndRefusePyannotesGraphWithoutItsWeights() {
    // Given
    Path path = Shared.require("reference/wespeaker_resnet34_lm.graph_only.onnx");

    // Then
    String message = refusal(path.toString());
    assertTrue(message.contains("FEATURES_AND_WEIGHTS"), message);
    assertTrue(message.contains("58 tensors in other files"), message);
    assertTrue(message.contains("save it as one file"), message);
  }

  @Test
  void shouldRefuseInputsOfNoKnownContract() throws IOException {
    refuseFile(
        new OnnxBytes().input("audio", "B", "N").output("embs", "B", 80).file(), "audio [B, N]");
    refuseFile(new OnnxBytes().input("feats", "B", 80).output("embs", "B", 80).file(), "rank 2");
    refuseFile(
        new OnnxBytes().input("feats", "B", "T", 64).output("embs", "B", 80).file(), "64 mel bins");
    refuseFile(
        new OnnxBytes().input("feats", 8, "T", 80).output("embs", 8, 80).file(), "batches of 8");
    refuseFile(
        new OnnxBytes().inputOf(10, "feats", "B", "T", 80).output("embs", "B", 80).file(),
        "float32");
    refuseFile(
        new OnnxBytes().input("feats", "B", "T", 80).output("a", "B", "T", 80).file(),
        "[B, D] are wanted");
    refuseFile(
        new OnnxBytes()
            .input("feats", "B", "T", 80)
            .output("a", "B", 80)
            .output("b", "B", 80)
            .file(),
        "'embs'");
    refuseFile(new OnnxBytes().input("feats", "B", "T", 80).file(), "gives");
  }

  @Test
  void shouldRefuseAFileThatIsNoModel() throws IOException {
    refuseFile(new byte[0], "no ONNX graph");
    refuseFile(new byte[] {'I', 'D', '3', 4, 0, 0, 0}, "no ONNX");
  }

  @Test
  void shouldRefuseAPathThatLeadsNowhere() {
    assertTrue(refusal("./no/model.onnx").contains("does not exist"));
    assertTrue(refusal(folder.toString()).contains("not a file"));
  }

  @Test
  void shouldSayWhatIsWrongInAManifest() throws IOException {
    manifest(first, entry("voices", "../x.onnx", "", "features", 80, 80));
    assertTrue(refusal("voices").contains("plain file name"), refusal("voices"));
    manifest(first, entry("voices", "x.onnx", "XYZ", "features", 80, 80));
    assertTrue(refusal("voices").contains("hexadecimal"), refusal("voices"));
    manifest(first, entry("voices", "x.onnx", "", "spectrum", 80, 80));
    assertTrue(refusal("voices").contains("kind: spectrum"), refusal("voices"));
    manifest(
        first,
        entry("voices", "x.onnx", "", "features", 80, 80)
            + ","
            + entry("voices", "y.onnx", "", "features", 80, 80));
    assertTrue(refusal("voices").contains("twice"), refusal("voices"));
    Files.writeString(first.resolve("manifest.json"), "{\"models\": [");
    assertTrue(refusal("voices").contains("manifest.json"), refusal("voices"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.org/x.onnx",
        "https://me:secret@example.org/x.onnx",
        "https:///x.onnx",
        "https://example.org/x.onnx#part",
        "https://example.org/a b",
        "x.onnx"
      })
  void shouldRefuseAnAddressThatIsNoPublicDownload(String address) throws IOException {
    manifest(first, fetchable("voices", address));
    assertTrue(refusal("voices").contains("voices.address: " + address), refusal("voices"));
  }

  @Test
  void shouldSayWhatIsKnownAndWhereItLies() throws IOException {
    // Given
    manifest(
        second,
        fetchable("far", "https://example.org/x.onnx")
            + ","
            + entry("near", "near.onnx", "0".repeat(64), "waveform", 0, 64));
    Path file = Files.write(second.resolve("near.onnx"), OnnxBytes.waveform());

    // When
    List<KnownModel> known = catalog.known();

    // Then
    assertEquals(
        new KnownModel(
            "near",
            "near.onnx",
            Optional.empty(),
            "0".repeat(64),
            true,
            1,
            false,
            "MIT",
            "the moon",
            "waveform",
            64),
        known.get(1));
    assertEquals(Optional.of(URI.create("https://example.org/x.onnx")), known.get(0).address());
    assertEquals(Optional.empty(), catalog.locate(known.get(0)));
    assertEquals(Optional.of(file), catalog.locate(known.get(1)));
  }

  @Test
  void shouldSayHowToFetchAKnownModelThatIsNotHere() throws IOException {
    manifest(first, fetchable("far", "https://example.org/x.onnx"));
    assertTrue(refusal("far").contains("turnwise models fetch far"), refusal("far"));
  }

  @Test
  void shouldBringTheCalibrationThatTheManifestNames() throws IOException {
    // Given: the model in a folder before the manifest's
    byte[] file = OnnxBytes.features();
    calibrated(second, file);
    Files.write(first.resolve("voices.onnx"), file);
    Files.writeString(second.resolve("c.json"), calibration(sha256(file)));

    // When
    Model model = catalog.find("voices");

    // Then
    assertTrue(model.calibration().calibrated());
    assertEquals(model.calibration(), catalog.find(model("voices.onnx")).calibration());
    assertFalse(catalog.findUncalibrated("voices").calibration().calibrated());
  }

  private String model(String file) {
    return first.resolve(file).toString();
  }

  @Test
  void shouldRefuseACalibrationOfAnotherModelOrOneThatIsMissing() throws IOException {
    // Given
    byte[] file = OnnxBytes.features();
    calibrated(first, file);
    Files.write(first.resolve("voices.onnx"), file);

    // Then
    assertTrue(refusal("voices").contains("c.json"), refusal("voices"));
    Files.writeString(first.resolve("c.json"), calibration("0".repeat(64)));
    assertTrue(refusal("voices").contains("it was fitted on the model 000"), refusal("voices"));
    assertFalse(catalog.findUncalibrated("voices").calibration().calibrated());
  }

  @Test
  void shouldTakeTheCalibrationBesideAModelThatNoManifestKnows() throws IOException {
    // Given
    byte[] file = OnnxBytes.features();
    Path mine = Files.write(folder.resolve("mine.onnx"), file);
    assertFalse(catalog.find(mine.toString()).calibration().calibrated());

    // When
    Files.writeString(folder.resolve("mine.calibration.json"), calibration(sha256(file)));

    // Then
    assertTrue(catalog.find(mine.toString()).calibration().calibrated());
  }

  @Test
  void shouldSayWhereItLooksForAModelsCalibration() throws IOException {
    // Given: a model of the manifest with a calibration, one without, and one it does not know
    byte[] named = OnnxBytes.features();
    byte[] unnamed = OnnxBytes.featuresAndWeights();
    String calibrated =
        entry("voices", "voices.onnx", sha256(named), "features", 80, 80)
            .replace("\"kind\"", "\"calibration\": \"c.json\", \"kind\"");
    String plain =
        entry("weighed", "weighed.onnx", sha256(unnamed), "features-and-weights", 80, 80);
    manifest(second, calibrated + "," + plain);
    Files.write(first.resolve("voices.onnx"), named);
    Files.write(first.resolve("weighed.onnx"), unnamed);
    Files.write(second.resolve("mine.onnx"), OnnxBytes.waveform());

    // Then
    assertEquals(second.resolve("c.json"), calibrationOf("voices"));
    assertEquals(second.resolve("c.json"), calibrationOf(model("voices.onnx")));
    assertEquals(second.resolve("weighed.calibration.json"), calibrationOf("weighed"));
    assertEquals(second.resolve("mine.calibration.json"), calibrationOf("mine"));
  }

  private Path calibrationOf(String nameOrPath) {
    return catalog.calibrationFile(nameOrPath, catalog.findUncalibrated(nameOrPath));
  }

  private static void calibrated(Path folder, byte[] file) throws IOException {
    manifest(
        folder,
        entry("voices", "voices.onnx", sha256(file), "features", 80, 80)
            .replace("\"kind\"", "\"calibration\": \"c.json\", \"kind\""));
  }

  private static String calibration(String sha256) {
    List<Calibration.Point> points =
        Stream.of(Channel.values()).map(c -> new Calibration.Point(c, 1, 10, -5)).toList();
    return new CalibrationFile("voices", sha256, 9, Calibration.of(new float[80], points)).json();
  }

  @Test
  void shouldReadTheProjectsOwnManifest() {
    // Given
    ModelCatalog own = ModelCatalog.of(Shared.projectRoot());

    // Then
    UnusableModel refusal = assertThrows(UnusableModel.class, () -> own.find("silero-vad-x"));
    assertTrue(refusal.getMessage().contains(ModelCatalog.DEFAULT), refusal.getMessage());
    assertFalse(refusal.getMessage().contains("silero-vad,"), refusal.getMessage());
  }

  @Test
  void shouldLookIntoTheCacheFolderOfTheSystem() {
    Path home = Path.of("home");
    assertEquals(
        home.resolve("Library/Caches/turnwise/models"),
        ModelCatalog.userCache("Mac OS X", home, null));
    assertEquals(
        home.resolve(".cache/turnwise/models"), ModelCatalog.userCache("Linux", home, null));
    assertEquals(Path.of("cache/turnwise/models"), ModelCatalog.userCache("Linux", home, "cache"));
  }

  private String refusal(String nameOrPath) {
    return assertThrows(UnusableModel.class, () -> catalog.find(nameOrPath)).getMessage();
  }

  private void refuseFile(byte[] file, String why) throws IOException {
    Path path = Files.write(folder.resolve("bad.onnx"), file);
    String message = refusal(path.toString());
    assertTrue(message.contains(path.toString()), message);
    assertTrue(message.contains(why), message);
  }

  private static void manifest(Path folder, String entries) throws IOException {
    Files.writeString(folder.resolve("manifest.json"), "{\"models\": [" + entries + "]}");
  }

  private static String entry(
      String name, String file, String sha256, String kind, int bins, int dimension) {
    return """
        {"name": "%s", "file": "%s", "sha256": "%s", "digestChecked": true, "bytes": 1,
         "ships": false, "licence": "MIT", "source": "the moon", "kind": "%s",
         "sampleRate": 16000, "bins": %d, "dimension": %d, "thresholds": {"segment": 0.61}}
        """
        .formatted(name, file, sha256, kind, bins, dimension);
  }

  private static String fetchable(String name, String address) {
    return entry(name, name + ".onnx", "0".repeat(64), "features", 80, 80)
        .replace("\"source\"", "\"address\": \"" + address + "\", \"source\"");
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
